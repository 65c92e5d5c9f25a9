"""What a page brings along when it opens: applied if it is allowed, refused in words, or ignored."""

from __future__ import annotations

import json

import pytest

from scoring.errors import InvalidInputError
from scoring.interface.case import HISTORY, fresh_case, kept
from scoring.interface.form import entries_of, form_fields
from scoring.interface.kept import read_kept

CHANGES = {"AMT_CREDIT": 300_000}


def entries(service, applicant_id, language, **typed):
    raw = fresh_case(service, applicant_id, language).applicant.raw
    shown = entries_of(raw, {}, language)
    return [typed.get(item.raw.name, entry) for item, entry in zip(form_fields(), shown, strict=True)]


def test_changes_and_scenarios_of_an_address_are_applied(service, some_ids):
    written = json.dumps({"applicant_id": some_ids[7], "changes": CHANGES, "scenarios": [CHANGES, {}]})
    kept = read_kept(written, "en")
    assert kept.scenarios == [CHANGES, {}]
    assert kept.on(fresh_case(service, some_ids[7], "en")).changes == CHANGES


def test_what_was_typed_goes_before_and_is_read_in_its_language(service, some_ids):
    typed = {"language": "fr", "entries": entries(service, some_ids[7], "fr", AMT_CREDIT="450 000,5", AMT_ANNUITY="1x")}
    written = json.dumps({"applicant_id": some_ids[7], "changes": CHANGES, "scenarios": [], "typed": typed})
    kept = read_kept(written, "en")
    case = kept.on(fresh_case(service, some_ids[7], "en"))
    assert list(case.problems) == ["AMT_ANNUITY"]
    assert case.changes == CHANGES
    assert (kept.typed("AMT_ANNUITY"), kept.typed("AMT_CREDIT")) == ("1x", "450 000,5")


@pytest.mark.parametrize(
    "changes", [{"AMT_CREDIT": -5}, {"NO_FIELD": 1}, {"AMT_CREDIT": "<script>"}, [1], "x", {"CNT_CHILDREN": 1.5}]
)
def test_changes_that_are_not_allowed_are_refused_in_words(changes):
    for written in (
        {"applicant_id": 1, "changes": changes, "scenarios": []},
        {"applicant_id": 1, "changes": {}, "scenarios": [changes]},
    ):
        with pytest.raises(InvalidInputError):
            read_kept(json.dumps(written), "fr")


@pytest.mark.parametrize(
    "written",
    [
        "",
        None,
        "{",
        "[]",
        "3",
        '"x"',
        "{}",
        '{"applicant_id": 1}',
        '{"applicant_id": 1, "scenarios": 3}',
        "[" * 9999,
        " " * 200_000,
    ],
)
def test_anything_else_is_ignored(written):
    assert read_kept(written, "en") is None


@pytest.mark.parametrize("typed", [3, {"entries": [1]}, {"language": "en", "entries": "x"}, {"language": "xx"}])
def test_entries_of_another_form_are_ignored(typed):
    written = json.dumps({"applicant_id": 1, "changes": CHANGES, "scenarios": [], "typed": typed})
    assert read_kept(written, "en").entries is None


def test_no_more_scenarios_than_there_is_room_for():
    written = json.dumps({"applicant_id": 1, "changes": {}, "scenarios": [CHANGES] * 9})
    assert len(read_kept(written, "en").scenarios) == 3


def test_changes_of_the_history_are_applied_and_what_is_not_open_is_said(service, history_plan):
    assessment, plan = history_plan
    number = assessment.applicant.applicant_id
    history = [{"scenario": move.scenario, "parameter": move.parameter} for move in plan.history]
    written = {"applicant_id": number, "changes": plan.changes, "history": history, "scenarios": []}
    case = read_kept(json.dumps(written), "en").on(fresh_case(service, number, "en"))
    assert case.score.probability == plan.probability
    assert kept(case)["history"] == history
    refused = read_kept(json.dumps({**written, "history": [{"scenario": "x"}]}), "en").on(case)
    assert list(refused.problems) == [HISTORY]
    assert refused.history == ()
