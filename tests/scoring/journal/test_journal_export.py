from __future__ import annotations

import csv
import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from scoring.errors import DatabaseError, JournalError, OutputError
from scoring.journal.entry import NO_HASH, digest_of, hash_of, payload_text
from scoring.journal.erase import erase
from scoring.journal.export import FIELDS, about, export, shown
from scoring.journal.journal import Journal, open_journal
from scoring.people import Person
from tests.full_disk import files_below

ANNE, DORA = Person("anne", "adviser"), Person("dora", "maintainer")


@pytest.fixture
def journal(database_url: str) -> Journal:
    opened = open_journal(database_url)
    opened.record("view", ANNE, {"amount": 1234.5, "note": 'é "quoted"\n=1+1'}, 100_001)
    opened.record("sign_in_failed", Person("=HYPERLINK(1)", "adviser"), {})
    opened.record("decision", ANNE, {"outcome": "refuse"}, 100_002)
    erase(opened, 100_001, "request", DORA)
    return opened


def test_json_lines_hold_all_that_proves_the_chain(journal: Journal, tmp_path: Path):
    assert export(journal.engine, tmp_path / "journal.jsonl") == 4
    records = [json.loads(line) for line in (tmp_path / "journal.jsonl").read_text("utf-8").splitlines()]
    assert [tuple(record) for record in records] == [FIELDS] * 4
    previous = NO_HASH
    for record in records:
        hashed = {name: record[name] for name in ("number", "at", "kind", "person", "role", "digest")}
        assert record["previous"] == previous
        assert record["hash"] == hash_of(**hashed, previous=previous)
        previous = record["hash"]
        if record["payload"] is not None:
            text = payload_text(record["payload"], record["applicant_id"])
            assert digest_of(record["salt"], text) == record["digest"]
    assert [record["payload"] is None for record in records] == [True, False, False, False]


def test_csv_holds_the_same_and_no_formula(journal: Journal, tmp_path: Path):
    assert export(journal.engine, tmp_path / "journal.csv") == 4
    with (tmp_path / "journal.csv").open(encoding="utf-8", newline="") as file:
        table = list(csv.DictReader(file))
    assert [row["person"] for row in table] == ["anne", "'=HYPERLINK(1)", "anne", "dora"]
    assert [row["kind"] for row in table] == ["view", "sign_in_failed", "decision", "erasure"]
    assert table[0]["payload"] == ""
    assert json.loads(table[2]["payload"]) == {"outcome": "refuse"}


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n"])
def test_a_cell_that_would_be_a_formula_begins_with_an_apostrophe(tmp_path: Path, start: str):
    journal = open_journal(f"sqlite:///{tmp_path}/journal.db")
    journal.record("view", Person(f"{start}cmd|' /C calc'!A0", "adviser"), {})
    export(journal.engine, tmp_path / "journal.csv")
    with (tmp_path / "journal.csv").open(encoding="utf-8", newline="") as file:
        assert next(csv.DictReader(file))["person"] == f"'{start}cmd|' /C calc'!A0"


def test_an_export_is_there_whole_or_not_at_all(journal: Journal, tmp_path: Path):
    out = tmp_path / "journal.jsonl"
    for _ in range(50):
        journal.record("view", ANNE, {"note": "x" * 1000})
    with files_below(20_000), pytest.raises(OutputError, match="the disk is full"):
        export(journal.engine, out)
    assert not list(tmp_path.glob("*.jsonl*"))
    with pytest.raises(OutputError, match=r"ends in .jsonl or .csv"):
        export(journal.engine, tmp_path / "journal.xlsx")


def test_an_entry_is_shown_with_its_proof(journal: Journal):
    record = shown(journal.engine, 3)
    assert (record["kind"], record["payload"], record["holds"]) == ("decision", {"outcome": "refuse"}, True)
    erased = shown(journal.engine, 1)
    assert (erased["payload"], erased["salt"], erased["holds"]) == (None, None, True)
    for number in (0, 5, -1, 2**63 - 1):
        with pytest.raises(JournalError, match=f"no entry {number}"):
            shown(journal.engine, number)


def test_what_is_about_an_applicant_is_shown(journal: Journal):
    assert [record["number"] for record in about(journal.engine, 100_002)] == [3]
    assert [record["kind"] for record in about(journal.engine, 100_001)] == ["erasure"]
    with pytest.raises(JournalError, match="nothing"):
        about(journal.engine, 999)


@pytest.mark.parametrize("change", ["text = '{'", "text = '{}'", "applicant_id = 7", "salt = ''", "text = X'00'"])
def test_an_entry_that_was_changed_is_shown_as_such(tmp_path: Path, change: str):
    journal = open_journal(f"sqlite:///{tmp_path}/journal.db")
    journal.record("view", ANNE, {}, 5)
    with closing(sqlite3.connect(tmp_path / "journal.db", isolation_level=None)) as database:
        database.execute("DROP TRIGGER journal_payload_no_update")
        database.execute(f"UPDATE journal_payload SET {change}")
    assert shown(journal.engine, 1)["holds"] is False
    assert export(journal.engine, tmp_path / "journal.jsonl") == 1


def test_a_journal_that_is_gone_is_said_in_words(journal: Journal):
    journal.engine.dispose()
    with pytest.raises((DatabaseError, JournalError)):
        shown(open_journal("sqlite:////proc/none/journal.db").engine, 1)
