"""Scenarios are read as they were written, and anything else is refused in words."""

from __future__ import annotations

import math
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from scoring.applicants.applicant import with_history
from scoring.applicants.scenarios import (
    COLUMN,
    COLUMN_TYPE,
    KEY,
    HistoryChange,
    HistoryStep,
    history_changes,
    read_declared,
    scenario_metadata,
    step_in_words,
)
from scoring.applicants.store import open_applicants
from scoring.errors import ApplicantsFileError
from scoring.serving.settings import DEMO_APPLICANTS
from scoring.words.language import Words

STEP = HistoryStep("repay", "loans", 0.5, Words("repay {cost} to {parameter}", "rembourser {cost} à {parameter}"))
FEATURES = ["debt", "limit"]
STORED = [{"step": 0, "cost": 1_500.0, "features": [{"feature": 0, "value": 2.0}, {"feature": 1, "value": None}]}]


def schema(metadata: dict[bytes, bytes], column: pa.DataType = COLUMN_TYPE) -> pa.Schema:
    return pa.schema([pa.field(COLUMN, column)], metadata=metadata)


def test_what_is_written_is_read():
    declared = read_declared(schema(scenario_metadata([STEP], FEATURES)), "file")
    assert (declared.steps, declared.features) == ([STEP], FEATURES)
    (change,) = history_changes(STORED, declared, FEATURES, "file")
    assert (change.step, change.cost, change.features["debt"]) == (STEP, 1_500.0, 2.0)
    assert math.isnan(change.features["limit"])


def test_a_step_that_changes_nothing_the_model_reads_is_none():
    declared = read_declared(schema(scenario_metadata([STEP], FEATURES)), "file")
    assert history_changes(STORED, declared, ["other"], "file") == ()


def test_a_file_from_before_scenarios_has_none():
    assert read_declared(schema({}), "file") is None


@pytest.mark.parametrize("content", [b"{}", b"no json", b'{"format": 2, "steps": [], "features": []}'])
def test_a_declaration_of_another_kind_is_refused(content: bytes):
    with pytest.raises(ApplicantsFileError, match=r"file: the history scenarios cannot be read: .*training applicants"):
        read_declared(schema({KEY: content}), "file")


def test_a_column_of_another_type_is_refused():
    with pytest.raises(ApplicantsFileError, match=f"column {COLUMN} is absent or of another type"):
        read_declared(schema(scenario_metadata([STEP], FEATURES), pa.string()), "file")


@pytest.mark.parametrize("wrong", [{"step": 1}, {"step": -1}, {"cost": -5.0}, {"cost": math.nan}, {"features": None}])
def test_damage_is_told_by_column(wrong: dict):
    declared = read_declared(schema(scenario_metadata([STEP], FEATURES)), "file")
    with pytest.raises(ApplicantsFileError, match=f"column {COLUMN} is damaged"):
        history_changes([STORED[0] | wrong], declared, FEATURES, "file")


def test_a_step_in_words_has_its_amount_and_share():
    change = HistoryChange(STEP, 1_500.0, {})
    assert step_in_words(change, "en") == "repay 1,500 to 50%"
    assert step_in_words(change, "fr") == "rembourser 1\u202f500 à 50\u202f%"


def test_a_history_after_changes_keeps_the_rest(applicants):
    applicant = next(found for found in map(applicants.find, applicants.ids.tolist()) if found.scenarios)
    change = applicant.scenarios[0]
    after = with_history(applicant, [change])
    for name, value in applicant.history.items():
        assert after.history[name] == pytest.approx(change.features.get(name, value), nan_ok=True)


def test_a_file_without_the_column_is_still_served(tmp_path: Path):
    table = pq.read_table(DEMO_APPLICANTS)
    metadata = {key: value for key, value in table.schema.metadata.items() if key != KEY}
    older = table.drop_columns([COLUMN]).replace_schema_metadata(metadata)
    pq.write_table(older, tmp_path / "older.parquet")
    file = open_applicants(tmp_path / "older.parquet", ())
    assert file.scenarios is None
    assert file.find(int(file.ids[0])).scenarios == ()
