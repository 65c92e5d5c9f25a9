"""Drift with decided applicants as current population: from a journal, in the form of the file of applicants."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from scoring.arrays import Floats
from scoring.cases.orders import Order
from scoring.cases.policy import read_policy
from scoring.cases.steps import Desk, decide, reopen
from scoring.drift.report import read_drift_report
from scoring.errors import DatabaseError, InvalidInputError, JournalError
from scoring.journal.erase import erase
from scoring.journal.journal import EntryFilter, open_journal
from scoring.lender.roles import APPLICANT_ID, TARGET
from scoring.people import Person
from scoring.schema.fields import fields
from scoring.serving.service import assess
from scoring.serving.settings import DEMO_ARTIFACT, DEMO_POLICY
from training.__main__ import app
from training.drift.decided import decided_applicants
from training.gate.held_out import served_probabilities
from training.lender.synthetic.synthesize import synthesize

ANNA, MAX = Person("anna", "adviser"), Person("max", "maintainer")
PEOPLE = 72
NEW = {"AMT_CREDIT": 300_000, "AMT_ANNUITY": 15_000, "AMT_INCOME_TOTAL": 150_000, "DAYS_BIRTH": -12_000}


def decided(desk, service, applicant_id, outcome="refuse", changes=None):
    why = {"reason_code": "other", "note": "A note"}
    return decide(desk, service, ANNA, Order(applicant_id, changes, outcome, **why), frozenset({"anna"}))


@pytest.fixture
def desk(database_url) -> Desk:
    return Desk(open_journal(database_url), read_policy(DEMO_POLICY), 30)


@pytest.fixture(scope="module")
def url(tmp_path_factory):
    return f"sqlite:///{tmp_path_factory.mktemp('decided') / 'journal.db'}"


@pytest.fixture(scope="module")
def journal(url, service, applicants):
    """Some dozens of decisions on bundled applicants, half of whom defaulted later."""
    desk = Desk(open_journal(url), read_policy(DEMO_POLICY), 30)
    for place, applicant_id in enumerate(applicants.ids[:PEOPLE].tolist()):
        decided(desk, service, applicant_id)
        payload = {"target": place % 2, "known_on": None}
        desk.journal.record("outcome", MAX, payload, applicant_id)
    return desk.journal


@pytest.fixture(scope="module")
def tables(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tables")
    synthesize(400, 3, folder, progress=False)
    return folder


@pytest.fixture(scope="module")
def found(url, journal):
    return decided_applicants(f"journal:{url}", "unused")


def test_the_applicants_are_those_of_the_file_with_all_their_values(found, applicants, artifact):
    frame = found.population.frame
    assert frame[APPLICANT_ID].tolist() == applicants.ids[:PEOPLE].tolist()
    for row in frame.to_dict("records"):
        on_file = applicants.find(row[APPLICANT_ID])
        assert {name: None if pd.isna(row[name]) else row[name] for name in fields()} == dict(on_file.raw)
        for name, value in on_file.history.items():
            np.testing.assert_array_equal(row[name], value)
    assert frame["AMT_CREDIT"].dtype == np.float64
    assert frame["CNT_CHILDREN"].dtype == np.int64
    assert (found.population.side.table, found.population.side.applicants) == ("journal", PEOPLE)


def test_they_are_scored_as_they_were_when_they_were_decided(found, service, artifact, journal):
    again: Floats = served_probabilities(artifact, found.population.frame)
    recorded = {
        entry.applicant_id: entry.payload["probability"]
        for entry in journal.entries(EntryFilter(kind="decision", limit=PEOPLE))
    }
    np.testing.assert_allclose(again, [recorded[number] for number in found.population.frame[APPLICANT_ID]], atol=1e-12)


def test_recorded_outcomes_are_used_if_there_are_enough(found):
    assert found.outcomes.sum() == PEOPLE / 2
    assert found.sentences() == []


def test_the_command_writes_the_report_with_estimated_and_realised_performance(
    url, journal, tables, tmp_path, monkeypatch
):
    monkeypatch.setenv("JOURNAL_URL", url)
    given = ["--reference", str(tables), "--current", "journal:", "--artifact", str(DEMO_ARTIFACT)]
    result = CliRunner().invoke(app, ["drift", *given, "--out", str(tmp_path / "drift")], catch_exceptions=False)
    assert result.exit_code == 0
    assert f"{PEOPLE} applicants scored now (journal)" in result.output
    report = read_drift_report(tmp_path / "drift")
    assert report.estimated.applicants == report.realised.applicants == PEOPLE
    assert report.realised.default_rate.value == pytest.approx(0.5)


def test_a_file_of_outcomes_comes_before_the_journals(url, journal, tables, applicants, tmp_path):
    outcomes = tmp_path / "outcomes.csv"
    ids = applicants.ids[:60]
    pd.DataFrame({APPLICANT_ID: ids, TARGET: np.arange(60) % 2}).to_csv(outcomes, index=False)
    given = ["--reference", str(tables), "--current", f"journal:{url}", "--artifact", str(DEMO_ARTIFACT)]
    out = tmp_path / "drift"
    CliRunner().invoke(app, ["drift", *given, "--outcomes", str(outcomes), "--out", str(out)], catch_exceptions=False)
    assert read_drift_report(out).realised.applicants == 60


def test_the_last_decision_counts_with_its_changes(desk, service, applicants, database_url):
    applicant_id = int(applicants.ids[0])
    decided(desk, service, applicant_id)
    reopen(desk, ANNA, applicant_id, "New offer", "en")
    decided(desk, service, applicant_id, changes={"AMT_CREDIT": 123_456})
    reopen(desk, ANNA, applicant_id, "Unclear", "en")
    decided(desk, service, applicant_id, outcome="refer", changes={"AMT_CREDIT": 99_999})
    frame = decided_applicants(f"journal:{database_url}", "").population.frame
    assert frame["AMT_CREDIT"].tolist() == [123_456]


def test_erased_and_new_applications_are_left_out_and_counted(desk, service, applicants, database_url):
    first, second = applicants.ids[:2].tolist()
    for applicant_id in (first, second):
        decided(desk, service, applicant_id)
    outcome = assess(service, None, NEW, "en").decision.outcome
    decided(desk, service, None, outcome="refuse", changes=NEW)
    assert outcome
    desk.journal.record("outcome", MAX, {"target": 1, "known_on": None}, second)
    erase(desk.journal, first, "asked for", MAX)
    found = decided_applicants(f"journal:{database_url}", "")
    assert found.population.frame[APPLICANT_ID].tolist() == [second]
    assert (found.erased, found.unnamed, found.known, found.outcomes) == (1, 1, 1, None)
    assert found.sentences() == [
        "Left out: 1 decisions whose applicants were erased.",
        "Left out: 1 decisions on new applications.",
        "The journal's 1 outcomes are not used: 30 with difficulties and as many without are needed.",
    ]


def test_history_that_not_all_hold_is_left_out_and_a_model_that_reads_it_refused(desk, service, artifact, database_url):
    one, other = service.applicants.ids[:2].tolist()
    decided(desk, service, one)
    (entry,) = desk.journal.entries()
    name, *_ = entry.payload["application"]["history"]
    del entry.payload["application"]["history"][name]
    entry.payload["application"]["history"]["another"] = 1.0
    desk.journal.record("decision", ANNA, entry.payload, other)
    found = decided_applicants(f"journal:{database_url}", "")
    assert not {name, "another"} & set(found.population.frame)
    with pytest.raises(JournalError, match=f"lack what this model reads of the history: {name}"):
        found.check(artifact)


def test_an_empty_journal_is_said(desk, database_url):
    with pytest.raises(JournalError, match=r"holds no approval or refusal\. Nobody to compare"):
        decided_applicants(f"journal:{database_url}", "")


@pytest.mark.parametrize(
    ("current", "error"),
    [
        ("journal:sqlite:////nowhere/journal.db", DatabaseError),
        ("journal:journal.db", InvalidInputError),
        ("journal:mysql://host/name", InvalidInputError),
    ],
)
def test_a_journal_that_is_none_is_refused(current, error):
    with pytest.raises(error):
        decided_applicants(current, "sqlite:///unused")
