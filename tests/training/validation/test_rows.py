import numpy as np
import pandas as pd
import pytest

from scoring.artifact.load import load_artifact
from scoring.artifact.population import PROBABILITY
from scoring.errors import GateError, PackError
from scoring.lender.roles import TARGET
from scoring.schema.features import frame_matrix
from tests.training.tiny_artifacts import later_tables, variant
from training.dataset.dataset import applicant_table, fingerprint
from training.tables.read import read_tables
from training.validation.rows import paired, rows_of
from training.validation.scope import scope_section


@pytest.fixture(scope="module")
def tables(tmp_path_factory):
    """Made-up applicants whom the tiny artifact has not seen."""
    return later_tables(tmp_path_factory.mktemp("later"))


@pytest.fixture(scope="module")
def applicants(tables):
    return applicant_table(read_tables(tables), "train")


@pytest.fixture
def taught(tiny, applicants, tmp_path):
    """The tiny artifact as one that held out some of these applicants: the first 250."""
    held_out = applicants.iloc[:250].copy().assign(**{PROBABILITY: np.linspace(0.01, 0.5, 250)})
    columns = list(tiny.population.frame.columns)
    folder = variant(tmp_path / "taught", "taught", reference=lambda _: held_out[columns])
    return load_artifact(folder, "taught")


def test_later_applicants_are_scored_by_the_served_model(tiny, tables, applicants):
    rows = rows_of(tiny, tables)
    assert rows.served
    assert rows.fingerprint == fingerprint(tables)
    margins = tiny.model.booster.predict(frame_matrix(applicants, tiny.model.features), raw_score=True)
    expected = 1 / (1 + np.exp(-(tiny.model.calibration.intercept + tiny.model.calibration.slope * margins)))
    np.testing.assert_allclose(rows.probabilities, expected, rtol=1e-12)
    np.testing.assert_array_equal(rows.outcomes, applicants[TARGET])


def test_without_tables_whom_training_held_out_are_validated(tiny):
    rows = rows_of(tiny, None)
    assert (rows.served, rows.fingerprint) == (False, None)
    np.testing.assert_array_equal(rows.probabilities, tiny.population.frame[PROBABILITY])


def test_of_the_trainings_own_tables_only_whom_it_held_out(taught, tables, applicants, bounds):
    rows = rows_of(taught, tables)
    assert not rows.served
    assert rows.frame["SK_ID_CURR"].tolist() == applicants["SK_ID_CURR"].iloc[:250].tolist()
    np.testing.assert_allclose(rows.probabilities, np.linspace(0.01, 0.5, 250))
    assert "has learnt from them since" in rows.told
    assert rows.left_out == len(applicants) - 250
    told = f"The other {rows.left_out} applicants of these tables are left out: 250 of them are among those"
    assert told in scope_section(rows, bounds).told[2]


def test_a_few_of_the_trainings_applicants_among_later_ones_are_named(tiny, tables, applicants, tmp_path):
    """The rest may be the training's, too: only who was held out can be validated, and three are too few."""
    known = applicants.iloc[:3].assign(**{PROBABILITY: 0.1})[list(tiny.population.frame.columns)]
    folder = variant(tmp_path / "few", "few", reference=lambda frame: pd.concat([frame.iloc[3:], known]))
    with pytest.raises(PackError, match="To validate on later applicants, take those of the training out"):
        rows_of(load_artifact(folder, "few"), tables)


def test_too_few_defaulters_are_refused(tiny, tmp_path):
    few = variant(tmp_path / "few", "few", reference=lambda frame: frame.assign(TARGET=[1] * 9 + [0] * 191))
    with pytest.raises(PackError, match="9 of them defaulted, while 10 of either kind are needed"):
        rows_of(load_artifact(few, "few"), None)


def test_the_other_version_must_be_new_to_later_applicants(tiny, taught, tables):
    rows = rows_of(tiny, tables)
    with pytest.raises(GateError, match="taught has learnt from these applicants"):
        paired(rows, tables, taught)
    pair = paired(rows, tables, tiny)
    np.testing.assert_array_equal(pair.probabilities, rows.probabilities)


def test_two_versions_are_compared_on_whom_both_held_out(tiny, tmp_path):
    half = variant(tmp_path / "half", "half", reference=lambda frame: frame.iloc[::-2].assign(PROBABILITY=0.05))
    rows = rows_of(tiny, None)
    pair = paired(rows, None, load_artifact(half, "half"))
    assert len(pair.indices) == 100
    assert set(pair.probabilities) == {0.05}
    assert isinstance(rows.frame.iloc[pair.indices], pd.DataFrame)
    np.testing.assert_array_equal(np.sort(pair.indices), np.arange(1, 200, 2))
