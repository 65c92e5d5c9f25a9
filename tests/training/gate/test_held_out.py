import numpy as np
import pandas as pd
import pytest

from scoring.artifact.load import load_artifact
from scoring.artifact.population import PROBABILITY
from scoring.errors import GateError
from scoring.lender.roles import TARGET
from tests.training.tiny_artifacts import TINY, later_tables, variant
from training.dataset.dataset import applicant_table
from training.gate.held_out import from_references, from_tables, row_keys
from training.tables.read import read_tables


@pytest.fixture(scope="module")
def tiny():
    return load_artifact(TINY, "tiny")


@pytest.fixture(scope="module")
def tables(tmp_path_factory):
    """Made-up applicants whom the tiny artifact has not seen."""
    return later_tables(tmp_path_factory.mktemp("later"))


def test_a_key_follows_from_fields_and_outcome_whatever_the_order_of_the_rows(tiny):
    frame = tiny.population.frame
    shuffled = frame.sample(frac=1, random_state=1)
    keys = pd.Series(row_keys(frame).to_numpy(), index=frame.index)
    assert keys.is_unique
    np.testing.assert_array_equal(row_keys(shuffled), keys[shuffled.index])
    np.testing.assert_array_equal(row_keys(frame.head(3)), keys.head(3))


def test_a_key_is_the_same_for_integers_and_for_text_that_is_all_missing(tiny):
    frame = tiny.population.frame.head(5)
    other = frame.assign(NAME_TYPE_SUITE=None, AMT_CREDIT=frame["AMT_CREDIT"].astype("int64"))
    before = frame.assign(NAME_TYPE_SUITE=pd.array([None] * 5, dtype="str"))
    np.testing.assert_array_equal(row_keys(other), row_keys(before))


def test_versions_are_compared_on_whom_both_held_out_each_with_its_own_probability(tiny, tmp_path):
    half = variant(tmp_path / "half", "half", reference=lambda frame: frame.iloc[::-2].assign(PROBABILITY=0.05))
    rows = from_references(tiny, load_artifact(half, "half"))
    assert len(rows.frame) == 100
    np.testing.assert_array_equal(rows.challenger, rows.frame[PROBABILITY])
    assert set(rows.current) == {0.05}
    np.testing.assert_array_equal(rows.outcomes, rows.frame[TARGET])


def test_versions_that_held_out_nobody_in_common_have_no_rows(tiny, tmp_path):
    other = variant(tmp_path / "other", "other", reference=lambda frame: frame.assign(AMT_CREDIT=1.0))
    assert len(from_references(tiny, load_artifact(other, "other")).frame) == 0


def test_labelled_tables_are_scored_by_the_models_as_served(tiny, tables):
    rows = from_tables(tables, tiny, tiny)
    assert len(rows.frame) == 300
    np.testing.assert_array_equal(rows.challenger, rows.current)
    assert 0 < rows.challenger.min() < rows.challenger.max() < 1


def test_tables_that_a_version_has_learnt_from_are_refused(tiny, tables, tmp_path):
    frame = applicant_table(read_tables(tables), "train").copy().assign(**{PROBABILITY: 0.1})
    columns = list(tiny.population.frame.columns)
    taught = variant(tmp_path / "taught", "taught", reference=lambda mine: pd.concat([mine, frame[columns].head(1)]))
    with pytest.raises(GateError, match=r"taught has learnt from these applicants \(1 are"):
        from_tables(tables, tiny, load_artifact(taught, "taught"))
