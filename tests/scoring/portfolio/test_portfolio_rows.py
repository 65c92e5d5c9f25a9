"""A file's rows are answered as `/score` answers: the same checks and words, the same figures to the last bit."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from scoring.applicants.store import ApplicantsFile
from scoring.assessment.confidence import near_scores, nearest_scores
from scoring.errors import InvalidInputError
from scoring.lender.roles import APPLICANT_ID
from scoring.portfolio.reading import Row, parts, row_count
from scoring.portfolio.rows import Scored, scored_rows
from scoring.serving.service import Service, answered, assess

NEW = {"AMT_INCOME_TOTAL": "150000", "AMT_CREDIT": "333000.5", "AMT_ANNUITY": "20000", "DAYS_BIRTH": "-12000"}


def as_cells(values: Mapping[str, Any]) -> dict[str, str]:
    return {name: "" if value is None or value != value else str(value) for name, value in values.items()}


def row_of(cells: Mapping[str, str], number: int = 1) -> Row:
    return Row(number, dict(cells))


def assert_answers_alike(found: Scored, service: Service, applicant_id: int | None, changes: Mapping[str, Any]) -> None:
    answer = answered(service, assess(service, applicant_id, changes, "en"))
    assert found.error == ""
    assert (found.probability, found.threshold, found.points) == (answer.probability, answer.threshold, answer.points)
    assert (found.decision, found.score_band) == (answer.decision, answer.score_band)
    assert list(found.reasons) == [reason.label for reason in answer.reasons]
    sure = answer.confidence
    assert sure is not None
    assert (found.past_applicants, found.past_defaulted) == (sure.nearest.applicants, sure.nearest.defaulted)
    assert [found.past_low, found.past_high] == (sure.nearest.interval or [None, None])
    assert (found.missing, found.outside) == (sure.missing.fields, len(sure.outside))


def test_applicants_on_file_are_scored_as_they_are_on_file(
    service: Service, applicants: ApplicantsFile, some_ids: list[int]
):
    chosen = [applicants.find(one) for one in some_ids]
    rows = [
        row_of(as_cells({APPLICANT_ID: each.applicant_id, **each.raw, **each.history}), number)
        for number, each in enumerate(chosen, 1)
    ]
    found = scored_rows(service.artifact, rows, "en")
    assert [each.applicant_id for each in found] == some_ids
    for one, each in zip(some_ids, found, strict=True):
        assert_answers_alike(each, service, one, {})


def test_new_applications_are_scored_as_new(service: Service, applicants: ApplicantsFile, some_ids: list[int]):
    raws = [applicants.find(one).raw for one in some_ids[:20]]
    found = scored_rows(service.artifact, [row_of(as_cells(raw)) for raw in raws], "en")
    for raw, each in zip(raws, found, strict=True):
        assert_answers_alike(each, service, None, raw)


@pytest.mark.parametrize("size", [1, 3])
def test_a_row_is_answered_alike_in_whatever_company(service: Service, size: int):
    rows = [row_of({**NEW, "AMT_CREDIT": str(100_000 + 1_000.7 * number)}, number) for number in range(12)]
    whole = scored_rows(service.artifact, rows, "en")
    cut = [each for at in range(0, 12, size) for each in scored_rows(service.artifact, rows[at : at + size], "en")]
    assert cut == whole


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize(
    "change",
    [
        {"AMT_CREDIT": "-5"},
        {"AMT_CREDIT": "much"},
        {"AMT_CREDIT": "333,000"},
        {"AMT_CREDIT": "1e999"},
        {"AMT_CREDIT": ""},
        {"CNT_CHILDREN": "1.5"},
        {"NAME_EDUCATION_TYPE": "Sorcery"},
        {"OCCUPATION_TYPE": "=cmd|'/c calc'!A1"},
        {"FLAG_OWN_CAR": "perhaps"},
        {"AMT_CREDIT": "5\x00"},
    ],
)
def test_what_score_refuses_is_refused_in_its_words(service: Service, change: dict[str, str], language: Any):
    cells = {**NEW, **change}
    with pytest.raises(InvalidInputError) as refused:
        assess(service, None, {name: cell or None for name, cell in cells.items()}, language)
    good = row_of(NEW, 2)
    found = scored_rows(service.artifact, [row_of(cells), good], language)
    assert found[0] == Scored(1, error=str(refused.value))
    assert found[1] == scored_rows(service.artifact, [good], language)[0]


@pytest.mark.parametrize(
    "change",
    [
        *({"AMT_CREDIT": sent} for sent in ("333 000,50", " 333000 ", "333\u2009000", "\ufeff333000\u200b")),
        {"FLAG_OWN_CAR": "oui"},
    ],
)
def test_what_score_reads_is_read_alike(service: Service, change: dict[str, str]):
    (found,) = scored_rows(service.artifact, [row_of({**NEW, **change})], "fr")
    assert found.probability == assess(service, None, {**NEW, **change}, "fr").probability


def test_what_tables_have_for_a_missing_value_is_missing(service: Service):
    empty, *marked = scored_rows(
        service.artifact, [row_of({**NEW, "EXT_SOURCE_2": sent}) for sent in ("", "#NA", "NaT", "1.#QNAN")], "en"
    )
    assert {each.probability for each in marked} == {empty.probability}


@pytest.mark.parametrize("sent", ["1.5", "abc", "1e5", "-"])
def test_an_id_that_is_no_whole_number_is_refused(service: Service, sent: str):
    (found,) = scored_rows(service.artifact, [row_of({**NEW, APPLICANT_ID: sent})], "en")
    assert found.error.startswith("The applicant's id must be a whole number")


@pytest.mark.parametrize("sent", ["-5", "0", str(2**63)])
def test_an_id_that_no_table_may_hold_is_refused(service: Service, sent: str):
    (found,) = scored_rows(service.artifact, [row_of({**NEW, APPLICANT_ID: sent})], "en")
    assert found.error.startswith("The applicant's id must be a whole number from 1 to 9,007,199,254,740,992, not")


def test_a_history_that_is_no_number_is_refused(service: Service):
    name = service.artifact.history_names[0]
    for sent in ("much", "inf", "1e999"):
        (found,) = scored_rows(service.artifact, [row_of({**NEW, name: sent})], "en")
        assert found.error == f"{name}: {sent!r} is not a number. Send a number, or nothing."


def test_the_nearest_scores_are_those_of_all(service: Service):
    population = service.artifact.population
    low, high = population.log_odds.min() - 1, population.log_odds.max() + 1
    for log_odds in [*np.linspace(low, high, 50), *population.log_odds[:20]]:
        every = np.argsort(np.abs(population.log_odds - log_odds), kind="stable")[:500]
        assert nearest_scores(population, float(log_odds)).tolist() == every.tolist()
    assert near_scores(population, low - 10).applicants == 0


def test_a_file_comes_in_parts_and_loses_no_row(tmp_path: Path):
    path = tmp_path / "sent.csv"
    with path.open("w", newline="") as file:
        lines = csv.writer(file, delimiter=";")
        lines.writerow(NEW)
        lines.writerows([*NEW.values()] for _ in range(7))
        lines.writerow(["1", "2"])
    rows = [row for part in parts(path, (), 3, "en") for row in part]
    assert [row.number for row in rows] == list(range(1, 9))
    assert rows[0].cells == NEW
    assert rows[-1].error == "The row has 2 values for 4 columns."


def test_a_row_of_several_lines_counts_once(tmp_path: Path):
    path = tmp_path / "sent.csv"
    with path.open("w", newline="") as file:
        lines = csv.writer(file)
        lines.writerow([*NEW, "scenarios"])
        lines.writerows([*NEW.values(), "1\n2\n3"] for _ in range(5))
    assert row_count(path, ["scenarios"], "en") == 5


def test_a_point_between_commas_stands_before_decimals_in_french_too(service: Service):
    cells = {**NEW, "AMT_INCOME_TOTAL": "150000.125", "AMT_ANNUITY": "2.5e4"}
    (found,) = scored_rows(service.artifact, [Row(1, cells, decimal_point=True)], "fr")
    sent = {"AMT_INCOME_TOTAL": 150_000.125, "AMT_CREDIT": 333_000.5, "AMT_ANNUITY": 25_000.0, "DAYS_BIRTH": -12_000}
    assert found.probability == answered(service, assess(service, None, sent, "fr"), "short").probability
    # Between semicolons it may stand between thousands.
    (unsure,) = scored_rows(service.artifact, [Row(1, {**NEW, "AMT_CREDIT": "333.000"})], "fr")
    assert "peut se lire de plusieurs façons" in unsure.error


def test_what_score_refuses_is_refused_with_the_same_words(service: Service):
    with pytest.raises(InvalidInputError) as refused:
        assess(service, None, {**NEW, "AMT_CREDIT": -5}, "fr")
    (found,) = scored_rows(service.artifact, [Row(1, {**NEW, "AMT_CREDIT": "-5"}, decimal_point=True)], "fr")
    assert found.error == str(refused.value)
