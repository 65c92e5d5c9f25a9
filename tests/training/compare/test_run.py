"""The whole comparison, on made-up applicants: `compared` of conftest.py."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from mlflow import MlflowClient
from sklearn.metrics import roc_auc_score

from scoring.artifact.model import log_odds_of
from scoring.decision.costs import AmountCosts
from scoring.schema.fields import fields
from tests.training.compare.tiny import BUDGET, SEED
from training.compare import run
from training.compare.combination import SCORECARD, Combination, Strategy
from training.compare.complexity import complexity, complexity_in_words, money_lost
from training.compare.record import RESULTS, load
from training.compare.rows import part
from training.compare.run import COMBINATIONS
from training.compare.table import make_table
from training.compare.track import EXPERIMENT, STORE
from training.learn.rows import TrainingRows
from training.learn.scorecard import fit_scorecard

ROOT = Path(__file__).parents[3]
MODELS = ("Dummy", "Logistic regression", "Random forest", "Histogram boosting", "XGBoost", "LightGBM")


@pytest.fixture(scope="module")
def table(compared):
    return pd.read_csv(compared.out / "comparison.csv")


def test_every_model_meets_every_treatment(table):
    found = set(zip(table["model"], table["strategy"], strict=True))
    assert found - {("Scorecard", "none")} == {
        (model, strategy) for model in MODELS for strategy in ("none", "class weights", "SMOTE", "under-sampling")
    }
    assert len(table) == len(found) == 25


@pytest.mark.parametrize("combination", COMBINATIONS, ids=str)
def test_probabilities_are_probabilities_of_every_row(compared, parts, combination):
    finished = load(compared.out, combination)
    for probabilities, rows in ((finished.out_of_fold, parts.learn), (finished.test, parts.test)):
        assert probabilities.shape == rows.outcomes.shape
        assert ((probabilities >= 0) & (probabilities <= 1)).all()
        # Under-sampled, these few rows are too few for a booster's leaves.
        if combination.model != "Dummy" and combination.strategy is not Strategy.UNDERSAMPLING:
            assert len(np.unique(probabilities)) > 1


def test_every_figure_lies_in_its_interval(table):
    for name in ("auc", "average_precision", "recall", "precision", "f1", "brier", "cost"):
        assert (table[f"{name}_low"] <= table[name]).all(), name
        assert (table[name] <= table[f"{name}_high"]).all(), name
    assert (table["brier_low"] < table["brier_high"]).all()


def test_the_best_has_the_least_cost_out_of_fold(table):
    assert table["out_of_fold_cost"].is_monotonic_increasing
    assert table.loc[0, ["cost_from_best", "cost_from_best_low", "cost_from_best_high"]].tolist() == [0, 0, 0]
    np.testing.assert_allclose(table["cost"] - table.loc[0, "cost"], table["cost_from_best"], atol=1e-12)
    np.testing.assert_allclose(table["auc"] - table.loc[0, "auc"], table["auc_from_best"], atol=1e-12)


def test_trials_and_times_are_reported(table):
    searched = ~table["model"].isin(["Dummy", "Scorecard"])
    assert (table.loc[searched, "trials"] == BUDGET.trials).all()
    assert (table.loc[~searched, "trials"] == 0).all()
    assert (table[["training_seconds", "scoring_seconds_per_1000"]] > 0).all(axis=None)


def test_json_says_the_same_as_csv(compared, table):
    lines = json.loads((compared.out / "comparison.json").read_text(), parse_constant=pytest.fail)
    assert [line["figures"]["auc"]["value"] for line in lines] == pytest.approx(table["auc"].tolist())
    assert [line["from_best"]["cost"]["low"] for line in lines] == pytest.approx(table["cost_from_best_low"].tolist())


def test_the_report_holds_table_words_and_curves(compared):
    assert (compared.out / "report.md").read_text() == compared.told
    for heading in (
        "Which is best",
        "What complexity buys",
        "What SMOTE does on this data",
        "What the thresholds say",
        "Costs on the test set",
    ):
        assert f"## {heading}" in compared.told
    for name in ("roc", "precision_recall", "calibration", "cost"):
        assert f"({name}.png)" in compared.told
        assert (compared.out / f"{name}.png").stat().st_size > 10_000


def test_boosters_leave_text_that_loads_as_data(compared, parts):
    import lightgbm
    import xgboost

    booster = lightgbm.Booster(model_file=str(compared.out / "models" / "lightgbm-none.txt"))
    assert "ORGANIZATION_TYPE" in booster.feature_name()
    assert set(booster.feature_name()) <= set(parts.learn.inputs.columns)
    other = xgboost.Booster(model_file=str(compared.out / "models" / "xgboost-smote.json"))
    assert other.num_boosted_rounds() == BUDGET.rounds
    assert {path.suffix for path in (compared.out / "models").iterdir()} == {".txt", ".json"}


def test_the_scorecard_is_that_of_training_on_the_same_rows(compared, parts):
    import lightgbm

    finished = load(compared.out, SCORECARD)
    card = lightgbm.Booster(model_file=str(compared.out / "models" / "scorecard-none.txt"))
    rows = TrainingRows(parts.learn.inputs.to_numpy(float), parts.learn.outcomes.astype(float), parts.features)
    indices, expected = fit_scorecard(rows, np.arange(len(rows.outcomes)))
    assert card.feature_name() == [parts.features[index].feature.name for index in indices]
    margins = expected.predict(parts.test.inputs.to_numpy(float)[:, indices], raw_score=True)
    log_odds = log_odds_of(finished.test)
    assert np.corrcoef(margins, log_odds)[0, 1] == pytest.approx(1)
    # An increasing affine map of the margins, and calibrated at least in the large.
    assert finished.out_of_fold.mean() == pytest.approx(parts.learn.outcomes.mean(), abs=0.02)


def test_what_complexity_buys_is_paired_and_in_money(compared, parts):
    table = make_table(
        [load(compared.out, each) for each in COMBINATIONS], parts.learn.outcomes, parts.test.outcomes, SEED
    )
    found = complexity(table, parts, SEED)
    assert found.line.finished.combination != SCORECARD
    ours, theirs = (roc_auc_score(parts.test.outcomes, each.finished.test) for each in (found.line, found.scorecard))
    assert found.auc.value == pytest.approx(ours - theirs)
    assert found.auc.low <= found.auc.value <= found.auc.high
    lost = money_lost(found.line.finished, parts) - money_lost(found.scorecard.finished, parts)
    assert found.money.value == pytest.approx(lost.mean())
    # Normal theory of paired differences, by another route than resampling.
    reach = 1.96 * lost.std() / np.sqrt(len(lost))
    assert (found.money.low, found.money.high) == pytest.approx(
        (lost.mean() - reach, lost.mean() + reach), abs=reach / 3
    )
    assert complexity_in_words(found)[0] in compared.told


def test_money_is_lost_on_approved_defaulters_and_refused_repayers(compared, parts):
    finished = load(compared.out, SCORECARD)
    lost = money_lost(finished, parts)
    errors = AmountCosts().per_applicant(parts.test_loans)
    defaulted = parts.test.outcomes == 1
    np.testing.assert_array_equal(lost[defaulted & (lost > 0)], errors.false_approval[defaulted & (lost > 0)])
    np.testing.assert_array_equal(lost[~defaulted & (lost > 0)], errors.false_refusal[~defaulted & (lost > 0)])
    assert 0 < (lost > 0).mean() < 1


def test_protected_attributes_are_no_inputs(parts):
    protected = {name for name, field in fields().items() if field.protected}
    assert protected
    assert not protected & set(parts.learn.inputs.columns)


def test_the_test_set_is_stratified_and_apart(parts):
    assert not set(parts.learn.inputs.index) & set(parts.test.inputs.index)
    assert parts.test.outcomes.mean() == pytest.approx(parts.learn.outcomes.mean(), abs=0.002)


def test_levels_come_from_the_rows_to_learn_from_alone(tables):
    """A level that only the test set holds is missing there, as it would be in service."""
    from training.dataset.dataset import applicant_table
    from training.tables.read import read_tables

    frame = applicant_table(read_tables(tables), "train")
    plain = part(frame, SEED)
    frame.loc[frame["SK_ID_CURR"].isin(plain.test.inputs.index), "ORGANIZATION_TYPE"] = "Lighthouse keeping"
    assert part(frame, SEED).test.inputs["ORGANIZATION_TYPE"].isna().all()


@pytest.mark.parametrize("model", [name for name in MODELS if name != "Dummy"])
@pytest.mark.parametrize("strategy", [Strategy.NONE, Strategy.SMOTE])
def test_a_level_never_seen_in_training_is_scored(parts, shared, model, strategy):
    from training.compare.pipelines import default_probabilities, fit_whole

    combination = Combination(model, strategy)
    fitted = fit_whole(combination, combination.kind.first, parts.learn.at(np.arange(400)), shared)
    strange = parts.test.inputs.head(20).copy()
    strange.iloc[:, : shared.categorical] = 99.0
    strange.iloc[:, shared.categorical : shared.coded] = np.nan
    probabilities = default_probabilities(fitted, strange)
    assert ((probabilities > 0) & (probabilities < 1)).all()


def test_the_same_command_again_fits_nothing_and_logs_nothing_twice(compared, tables, monkeypatch):
    monkeypatch.chdir(compared.directory)
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    monkeypatch.setattr(run, "assess", pytest.fail)
    client = MlflowClient(f"sqlite:///{compared.directory / STORE}")
    experiment = client.get_experiment_by_name(EXPERIMENT).experiment_id
    runs = {logged.info.run_id for logged in client.search_runs([experiment])}
    before = {path: path.stat().st_mtime_ns for path in (compared.out / RESULTS).glob("*.json")}
    assert run.compare(tables, compared.out, BUDGET, SEED, jobs=1) == compared.told
    assert {path: path.stat().st_mtime_ns for path in (compared.out / RESULTS).glob("*.json")} == before
    assert {logged.info.run_id for logged in client.search_runs([experiment])} == runs


def cli(*words: object) -> subprocess.CompletedProcess:
    command = [sys.executable, "-m", "training", "compare", *map(str, words)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_other_settings_in_the_same_folder_are_refused(compared, tables):
    ran = cli("--data", tables, "--out", compared.out, "--seed", SEED)
    assert ran.returncode == 2
    assert ran.stderr.startswith("error: --out")
    assert "trials 2 is now 6" in ran.stderr
    assert len(ran.stderr.strip().splitlines()) == 1
