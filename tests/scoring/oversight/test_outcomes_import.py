"""Outcomes are recorded all or none, once each, and corrections say what they correct."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from scoring.__main__ import main
from scoring.database.engine import writing
from scoring.errors import JournalError, OutcomesError
from scoring.journal import append as appending
from scoring.journal.erase import erase
from scoring.journal.journal import EntryFilter
from scoring.journal.verify import verify
from scoring.oversight import outcomes as importing
from scoring.oversight.decisions import read_outcomes
from scoring.oversight.outcomes import Imported, import_outcomes
from scoring.oversight.outcomes_file import OutcomeRow
from tests.scoring.cases.conftest import MAX
from tests.scoring.oversight.conftest import record

TODAY = date.today()


def rows(**targets):
    return [OutcomeRow(int(name.removeprefix("a")), target, None) for name, target in targets.items()]


def imported(journal, given, **more):
    return import_outcomes(journal, given, "outcomes.csv", MAX, TODAY + timedelta(days=1), **more)


def test_each_outcome_is_one_entry_and_the_same_again_is_none(desk):
    decisions = [record(desk.journal, applicant_id) for applicant_id in (1, 2, 3)]
    assert imported(desk.journal, rows(a1=1, a2=0)) == Imported(2, 0, 0, 0)
    entries = desk.journal.entries(EntryFilter(kind="outcome"))
    assert [(entry.applicant_id, entry.person, entry.payload) for entry in entries] == [
        (
            number,
            "max",
            {"target": target, "known_on": None, "decision": made, "corrects": None, "file": "outcomes.csv"},
        )
        for number, target, made in ((1, 1, decisions[0]), (2, 0, decisions[1]))
    ]
    assert imported(desk.journal, rows(a1=1, a2=0, a3=0)) == Imported(1, 0, 2, 0)
    assert len(desk.journal.entries(EntryFilter(kind="outcome"))) == 3


def test_another_outcome_is_a_correction_that_names_the_entry_before(desk):
    record(desk.journal, 1)
    imported(desk.journal, rows(a1=0))
    (before,) = desk.journal.entries(EntryFilter(kind="outcome"))
    assert imported(desk.journal, rows(a1=1)) == Imported(0, 1, 0, 0)
    after = desk.journal.entries(EntryFilter(kind="outcome"))[-1]
    assert after.payload["corrects"] == before.number
    assert read_outcomes(desk.journal.engine)[1].target == 1


def test_a_day_that_was_missing_is_a_correction_and_a_missing_day_is_none(desk):
    record(desk.journal, 1)
    imported(desk.journal, rows(a1=0))
    assert imported(desk.journal, [OutcomeRow(1, 0, TODAY)]).corrected == 1
    assert imported(desk.journal, rows(a1=0)).same == 1
    assert read_outcomes(desk.journal.engine)[1].known_on == TODAY


def test_who_was_never_decided_is_named_and_refused_unless_ignored(local_desk):
    journal = local_desk.journal
    record(journal, 1)
    record(journal, 2, outcome="refer")
    record(journal, 3, recommendation="refuse", state="to_confirm")
    given = rows(a1=1, a2=0, a3=0, a7=1, a8=1, a9=1, a10=1)
    with pytest.raises(OutcomesError, match=r"6 of its applicants .*: 2, 3, 7, 8, 9 and 1 more"):
        imported(journal, given)
    assert journal.entries(EntryFilter(kind="outcome")) == []
    assert imported(journal, given, ignore_undecided=True) == Imported(1, 0, 0, 6)


def test_an_erased_applicant_is_refused_like_one_who_was_never_decided(desk):
    record(desk.journal, 1)
    imported(desk.journal, rows(a1=1))
    erase(desk.journal, 1, "asked for", MAX)
    with pytest.raises(OutcomesError, match="or are erased: 1"):
        imported(desk.journal, rows(a1=1))
    assert read_outcomes(desk.journal.engine) == {}


def test_nothing_is_recorded_if_one_cannot_be(desk, monkeypatch):
    for applicant_id in (1, 2, 3):
        record(desk.journal, applicant_id)

    def failing(connection, kind, person, payload, applicant_id):
        if applicant_id == 3:
            raise JournalError("The key is gone.")
        return appending.append(connection, kind, person, payload, applicant_id)

    monkeypatch.setattr(importing, "append", failing)
    with pytest.raises(JournalError):
        imported(desk.journal, rows(a1=1, a2=0, a3=1))
    assert desk.journal.entries(EntryFilter(kind="outcome")) == []
    assert verify(desk.journal.engine, desk.journal.keys).holds


def test_a_dry_run_says_what_would_be_and_records_nothing(desk):
    record(desk.journal, 1)
    with writing(desk.journal.engine):
        # Nor does it wait for whoever writes.
        assert imported(desk.journal, rows(a1=1), dry_run=True) == Imported(1, 0, 0, 0)
    assert desk.journal.entries(EntryFilter(kind="outcome")) == []


@pytest.mark.parametrize("days", [-400, -1, 2])
def test_an_outcome_is_known_between_the_decision_and_today(days, local_desk):
    record(local_desk.journal, 1)
    with pytest.raises(OutcomesError, match=r"applicant 1: .* is not allowed"):
        imported(local_desk.journal, [OutcomeRow(1, 0, TODAY + timedelta(days=days))])


@pytest.fixture
def at_command_line(local_desk, tmp_path, monkeypatch):
    monkeypatch.setenv("JOURNAL_URL", f"sqlite:///{tmp_path / 'journal.db'}")
    return local_desk


def test_the_command_says_what_it_recorded(at_command_line, tmp_path, capsys):
    for applicant_id in (1, 2):
        record(at_command_line.journal, applicant_id)
    file = tmp_path / "march.csv"
    file.write_text("SK_ID_CURR,TARGET\n1,1\n2,0\n")
    assert main(["outcomes", "import", str(file), "--dry-run"]) == 0
    assert "2 new outcomes" in (out := capsys.readouterr().out)
    assert "Nothing was recorded" in out
    assert main(["outcomes", "import", str(file), "--by", "rita"]) == 0
    assert main(["outcomes", "import", str(file)]) == 0
    assert "0 new outcomes, 0 corrected, 2 known already" in capsys.readouterr().out
    assert {entry.person for entry in at_command_line.journal.entries(EntryFilter(kind="outcome"))} == {"rita"}


def test_the_command_refuses_in_one_line(at_command_line, tmp_path, capsys):
    file = tmp_path / "march.csv"
    file.write_text("SK_ID_CURR,TARGET\n1,1\n")
    assert main(["outcomes", "import", str(file)]) == 2
    assert capsys.readouterr().err.startswith(f"error: {file.name}: 1 of its applicants")


def test_without_a_journal_none_is_made_for_outcomes(tmp_path, monkeypatch, capsys):
    file = tmp_path / "march.csv"
    file.write_text("SK_ID_CURR,TARGET\n1,1\n")
    monkeypatch.setenv("JOURNAL_URL", f"sqlite:///{tmp_path / 'none.db'}")
    assert main(["outcomes", "import", str(file)]) == 2
    assert "none.db" in capsys.readouterr().err
    assert not (tmp_path / "none.db").exists()
