import os
import subprocess
import sys

import numpy as np
import pytest
from mlflow import MlflowClient
from mlflow.utils.mlflow_tags import MLFLOW_PARENT_RUN_ID

from tests.training.compare.tiny import BUDGET, SEED
from training.compare import track
from training.compare.combination import Combination, Strategy
from training.compare.record import load, settings_of
from training.compare.table import make_table


@pytest.fixture(scope="module")
def client(compared):
    return MlflowClient(f"sqlite:///{compared.directory / track.STORE}")


@pytest.fixture(scope="module")
def runs(client):
    return client.search_runs([client.get_experiment_by_name(track.EXPERIMENT).experiment_id])


@pytest.fixture(scope="module")
def children(runs):
    return {run.info.run_name: run for run in runs if MLFLOW_PARENT_RUN_ID in run.data.tags}


def files(client, run, folder=None):
    found = client.list_artifacts(run.info.run_id, folder)
    return {item.path for item in found if not item.is_dir}


def test_every_combination_has_a_run_under_one_parent(runs, children):
    parents = [run for run in runs if MLFLOW_PARENT_RUN_ID not in run.data.tags]
    assert len(parents) == 1
    assert len(children) == 25
    assert {run.data.tags[MLFLOW_PARENT_RUN_ID] for run in children.values()} == {parents[0].info.run_id}
    assert {run.info.status for run in runs} == {"FINISHED"}
    assert parents[0].data.params["seed"] == str(SEED)


def test_a_run_holds_parameters_and_metrics(children):
    run = children["LightGBM, SMOTE"]
    assert {"model", "strategy", "trials", "pace", "leaves", "l2", "share_of_features"} <= set(run.data.params)
    assert {"auc", "auc_low", "auc_high", "out_of_fold_auc", "out_of_fold_cost", "cost", "cost_from_best"} <= set(
        run.data.metrics
    )
    assert {"brier", "calibration_error", "threshold", "training_seconds"} <= set(run.data.metrics)


def test_a_run_holds_its_curves_and_no_pickle(client, children):
    for name, model in (("LightGBM, none", "model/lightgbm-none.txt"), ("Random forest, SMOTE", None)):
        curves = {f"curves/{curve}.png" for curve in ("roc", "precision_recall", "calibration", "cost")}
        assert files(client, children[name], "curves") == curves
        assert files(client, children[name], "model") == ({model} if model else set())


def test_the_parent_holds_the_table_and_the_report(client, runs):
    parent = next(run for run in runs if MLFLOW_PARENT_RUN_ID not in run.data.tags)
    assert {"comparison.csv", "comparison.json", "report.md", "roc.png"} <= files(client, parent)


def test_half_a_log_is_replaced(tmp_path, monkeypatch, compared, tables, parts):
    """Killed while logging: the unfinished parent and its children are dropped, and all is logged."""
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{tmp_path}/elsewhere.db")
    monkeypatch.chdir(tmp_path)
    settings = settings_of(tables, BUDGET, SEED)
    table = one_line_table(compared)

    def interrupt(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(track, "_log_settings", interrupt)
        with pytest.raises(KeyboardInterrupt):
            track.track(table, parts, settings, compared.out)
    track.track(table, parts, settings, compared.out)
    client = MlflowClient(f"sqlite:///{tmp_path}/elsewhere.db")
    runs = client.search_runs([client.get_experiment_by_name(track.EXPERIMENT).experiment_id])
    assert sorted(run.info.status for run in runs) == ["FINISHED", "FINISHED"]


def one_line_table(compared):
    finished = load(compared.out, Combination("LightGBM", Strategy.NONE))
    outcomes = [[0, 1] * (len(rows) // 2) for rows in (finished.out_of_fold, finished.test)]
    return make_table([finished], *map(np.array, outcomes), seed=SEED)


def test_a_tracking_uri_is_respected(monkeypatch):
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://127.0.0.1:9")
    assert track.tracking_uri() == "http://127.0.0.1:9"


def test_telemetry_is_off():
    """In a process of its own: under pytest MLflow keeps quiet anyhow."""
    code = (
        "import training.compare.track, mlflow.telemetry.client as t, mlflow.telemetry.utils as u;"
        "print(u._IS_IN_CI_ENV_OR_TESTING, u.is_telemetry_disabled(), t.get_telemetry_client())"
    )
    quiet = {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/")}
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=quiet, check=True)
    assert ran.stdout.split() == ["False", "True", "None"]
