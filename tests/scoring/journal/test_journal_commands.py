from __future__ import annotations

import getpass
import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from scoring.__main__ import main
from scoring.database.engine import open_database
from scoring.journal.journal import EntryFilter, Journal, open_journal
from scoring.people import Person
from tests.hub.server import Hub

ANNE = Person("anne", "adviser")
ANCHOR = "lender/journal"


@pytest.fixture
def url(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    address = f"sqlite:///{tmp_path}/journal.db"
    monkeypatch.setenv("JOURNAL_URL", address)
    return address


@pytest.fixture
def journal(url: str) -> Iterator[Journal]:
    opened = open_journal(url)
    for number in range(3):
        opened.record("score", ANNE, {"note": "décidé"}, 100_000 + number)
    yield opened
    opened.engine.dispose()


def break_entry(folder: Path, number: int) -> None:
    with closing(sqlite3.connect(folder / "journal.db", isolation_level=None)) as database:
        database.execute("DROP TRIGGER journal_no_update")
        database.execute(f"UPDATE journal SET person = 'mallory' WHERE number = {number}")


def test_verify_says_that_all_holds_with_status_0(journal: Journal, capsys: pytest.CaptureFixture[str]):
    assert main(["journal", "verify"]) == 0
    said = capsys.readouterr().out
    assert "All holds: 3 entries, 0 of them erased; level: signed." in said
    assert journal.entries()[-1].hash in said


def test_verify_names_what_was_touched_with_status_1(
    journal: Journal, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    break_entry(tmp_path, 2)
    assert main(["journal", "verify"]) == 1
    assert "NOT AS RECORDED: edited at entry 2 (entry)" in capsys.readouterr().out


def test_verify_as_json(journal: Journal, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["journal", "verify", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {
        "holds": True,
        "error": None,
        "entries": 3,
        "erased": 0,
        "head": journal.entries()[-1].hash,
        "level": "signed",
        "finding": None,
        "notes": [],
        "cases": [],
    }
    break_entry(tmp_path, 2)
    assert main(["journal", "verify", "--json"]) == 1
    said = json.loads(capsys.readouterr().out)
    assert (said["holds"], said["level"]) == (False, None)
    assert (said["finding"]["kind"], said["finding"]["number"]) == ("edited", 2)


def test_a_missing_or_empty_journal_is_not_fine(url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["journal", "verify", "--json"]) == 2
    assert json.loads(capsys.readouterr().out)["holds"] is None
    assert list(tmp_path.iterdir()) == []
    open_journal(url)
    assert main(["journal", "verify"]) == 2
    assert "is empty" in capsys.readouterr().err


@pytest.mark.parametrize(
    "command", [["verify"], ["show", "1"], ["export", "--out", "x.csv"], ["erase", "1", "--reason", "r"]]
)
def test_no_command_makes_a_journal(url: str, tmp_path: Path, command: list[str], capsys: pytest.CaptureFixture[str]):
    assert main(["journal", *command]) == 2
    assert "There is no database" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "command", [["verify"], ["show", "1"], ["show", "--applicant", "1"], ["export", "--out", "x.csv"]]
)
def test_a_database_without_a_journal_is_said_in_words(
    url: str, tmp_path: Path, command: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(tmp_path)
    with closing(sqlite3.connect(tmp_path / "journal.db")) as database:
        database.execute("CREATE TABLE other (value)")
    (tmp_path / "journal.db.key").touch()
    assert main(["journal", *command]) == 2
    assert "error: " in capsys.readouterr().err


def test_a_level_that_is_not_reached_is_not_fine(journal: Journal, capsys: pytest.CaptureFixture[str]):
    assert main(["journal", "verify", "--at-least", "signed"]) == 0
    assert main(["journal", "verify", "--at-least", "anchored"]) == 2
    assert "the journal is signed, not anchored" in capsys.readouterr().err


def test_show_one_entry_or_those_about_an_applicant(journal: Journal, capsys: pytest.CaptureFixture[str]):
    assert main(["journal", "show", "2"]) == 0
    assert json.loads(capsys.readouterr().out)["applicant_id"] == 100_001
    assert main(["journal", "show", "--applicant", "100002"]) == 0
    assert [record["number"] for record in json.loads(capsys.readouterr().out)] == [3]
    assert main(["journal", "show", "9"]) == 2
    assert "no entry 9" in capsys.readouterr().err
    assert main(["journal", "show", str(10**30)]) == 2
    assert "no entry 1" in capsys.readouterr().err


def test_export(journal: Journal, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["journal", "export", "--out", str(tmp_path / "out.jsonl")]) == 0
    assert len((tmp_path / "out.jsonl").read_text().splitlines()) == 3
    assert "3 entries written" in capsys.readouterr().err


def test_erase_by_this_systems_user_or_by_name(journal: Journal, capsys: pytest.CaptureFixture[str]):
    assert main(["journal", "erase", "100000", "--reason", "request"]) == 0
    assert main(["journal", "erase", "100001", "--reason", "request", "--by", "dora"]) == 0
    assert [entry.person for entry in journal.entries(EntryFilter(kind="erasure"))] == [getpass.getuser(), "dora"]
    assert main(["journal", "erase", "100001", "--reason", "request"]) == 2
    assert "Nothing was erased" in capsys.readouterr().err
    assert main(["journal", "verify"]) == 0


def test_erase_needs_a_reason(journal: Journal):
    with pytest.raises(SystemExit):
        main(["journal", "erase", "100000"])
    assert main(["journal", "erase", "100000", "--reason", " "]) == 2
    assert journal.entries(EntryFilter(kind="erasure")) == []


def test_without_the_anchors_hub_it_cannot_be_said(
    journal: Journal, hub: Hub, hub_home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    hub.create(ANCHOR, kind="dataset")
    monkeypatch.setenv("JOURNAL_ANCHOR", ANCHOR)
    monkeypatch.setenv("HF_ENDPOINT", hub.url)
    monkeypatch.setenv("HF_TOKEN", hub.reader)
    assert main(["journal", "verify"]) == 0
    assert f"Nothing is anchored yet in {ANCHOR}" in capsys.readouterr().out
    with hub.down():
        assert main(["journal", "verify", "--json"]) == 2
    said = json.loads(capsys.readouterr().out)
    assert (said["holds"], said["level"]) == (True, "signed")
    assert "cannot be reached" in said["error"]


def test_the_schema_is_not_touched_by_reading(journal: Journal):
    open_database(journal.engine.url.render_as_string())
    assert main(["journal", "verify"]) == 0
