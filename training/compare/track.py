"""The comparison in MLflow: one run per combination under a parent run, in `runs/mlflow.db` by default.

scikit-learn models are tracked by parameters, figures and curves alone: they could only be stored as pickles, which run
code when loaded. LightGBM and XGBoost models are stored as text, which is loaded as data.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

# MLflow reads these on import: nothing may be sent anywhere.
os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"
os.environ["DO_NOT_TRACK"] = "true"

from mlflow import MlflowClient
from mlflow.entities import Metric, Param
from mlflow.utils.mlflow_tags import MLFLOW_PARENT_RUN_ID

from training.compare.curves import of_line
from training.compare.record import NATIVE_MODELS
from training.compare.rows import Parts
from training.compare.table import FIGURES, Line, Table, scoring_seconds_per_1000
from training.statistics.bootstrap import Estimate

EXPERIMENT = "compare"
# The default store, under the working directory; `make mlflow` opens it.
STORE = Path("runs/mlflow.db")
ARTIFACTS = Path("runs/mlflow-artifacts")
TAG = "comparison"
LEARNT = "out_of_fold_"
LOGGED = (".csv", ".json", ".md", ".png")


def tracking_uri() -> str:
    """The tracking URI: MLFLOW_TRACKING_URI, or a SQLite file under the working directory."""
    return os.environ.get("MLFLOW_TRACKING_URI") or f"sqlite:///{STORE.resolve()}"


def track(table: Table, parts: Parts, settings: Mapping[str, Any], out: Path) -> None:
    """Logs a comparison once, replacing what an interrupted command logged of it.

    Args:
        table: the finished comparison.
        parts: its rows, for the curves.
        settings: what it depends on; together with the folder, they identify it.
        out: its folder; its files become artifacts of the parent run.
    """
    logging.getLogger("alembic").setLevel(logging.WARNING)
    logging.getLogger("mlflow").setLevel(logging.WARNING)
    client = _client()
    experiment = _experiment(client)
    name = hashlib.sha256(json.dumps([settings, str(out.resolve())], sort_keys=True).encode()).hexdigest()
    before = client.search_runs([experiment], f"tags.{TAG} = '{name}'")
    if any(run.info.status == "FINISHED" and MLFLOW_PARENT_RUN_ID not in run.data.tags for run in before):
        return
    for run in before:
        client.delete_run(run.info.run_id)
    parent = client.create_run(experiment, tags={TAG: name}, run_name=out.name).info.run_id
    for line in table.lines:
        tags = {TAG: name, MLFLOW_PARENT_RUN_ID: parent}
        run_id = client.create_run(experiment, tags=tags, run_name=str(line.finished.combination)).info.run_id
        _log_line(client, run_id, line, parts, out)
        client.set_terminated(run_id)
    _log_settings(client, parent, settings, out)
    client.set_terminated(parent)


def _client() -> MlflowClient:
    if not os.environ.get("MLFLOW_TRACKING_URI"):
        STORE.parent.mkdir(parents=True, exist_ok=True)
    return MlflowClient(tracking_uri())


def _experiment(client: MlflowClient) -> str:
    found = client.get_experiment_by_name(EXPERIMENT)
    if found:
        return found.experiment_id
    # A server has its own artifact store; the SQLite file gets a folder beside it.
    location = None if os.environ.get("MLFLOW_TRACKING_URI") else ARTIFACTS.resolve().as_uri()
    return client.create_experiment(EXPERIMENT, artifact_location=location)


def _log_line(client: MlflowClient, run_id: str, line: Line, parts: Parts, out: Path) -> None:
    finished, now = line.finished, int(time.time() * 1_000)
    parameters = {
        "model": finished.combination.model,
        "strategy": finished.combination.strategy.value,
        "trials": finished.found.trials,
        "pruned_trials": finished.found.pruned,
        **finished.found.parameters,
    }
    client.log_batch(
        run_id,
        [Metric(name, value, now, 0) for name, value in metrics(line).items()],
        [Param(name, str(value)) for name, value in parameters.items()],
    )
    for name, figure in of_line(line, parts.test.outcomes).items():
        client.log_figure(run_id, figure, f"curves/{name}.png")
    if finished.artifact:
        client.log_artifact(run_id, str(out / NATIVE_MODELS / finished.artifact), "model")


def metrics(line: Line) -> dict[str, float]:
    """A line's figures as MLflow metrics: on the test set with intervals, out of fold, and times."""
    found: dict[str, float] = {}
    for name in FIGURES:
        found |= _with_interval(name, line.scored.estimate(name))
        found[LEARNT + name] = line.out_of_fold[name]
    for name, estimate in line.from_best.items():
        found |= _with_interval(f"{name}_from_best", estimate)
    finished = line.finished
    return found | {
        "threshold": finished.rule.threshold,
        "training_seconds": finished.training_seconds,
        "scoring_seconds_per_1000": scoring_seconds_per_1000(line),
    }


def _with_interval(name: str, estimate: Estimate) -> dict[str, float]:
    return {name: estimate.value, f"{name}_low": estimate.low, f"{name}_high": estimate.high}


def _log_settings(client: MlflowClient, run_id: str, settings: Mapping[str, Any], out: Path) -> None:
    plain = {name: value for name, value in settings.items() if name != "libraries"}
    client.log_batch(run_id, params=[Param(name, str(value)) for name, value in plain.items()])
    for path in sorted(out.iterdir()):
        if path.suffix in LOGGED:
            client.log_artifact(run_id, str(path))
