from __future__ import annotations

import io
import re
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from scoring.__main__ import main
from scoring.access.passwords import matches
from scoring.access.sessions import hash_of
from scoring.access.tokens import find_token
from scoring.access.users import User, find_user
from scoring.database.engine import reading
from scoring.journal.journal import EntryFilter, Journal, open_journal
from tests.scoring.access.conftest import PASSWORD, WRONG

Run = Callable[..., str]


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Journal:
    """The journal whose database the commands are to use."""
    url = f"sqlite:///{tmp_path / 'journal.db'}"
    monkeypatch.setenv("JOURNAL_URL", url)
    return open_journal(url)


@pytest.fixture
def run(here: Journal, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs a command; what it wrote."""

    def command(words: str, typed: str = f"{PASSWORD}\n", status: int = 0) -> str:
        monkeypatch.setattr(sys, "stdin", io.StringIO(typed))
        assert main(words.split()) == status
        written = capsys.readouterr()
        assert typed.strip() not in written.out + written.err
        return written.err if status else written.out

    return command


def user(here: Journal, name: str = "alice") -> User:
    with reading(here.engine) as connection:
        found = find_user(connection, name)
    assert found is not None
    return found


def test_users_are_added_listed_and_changed(run: Run, here: Journal):
    assert "There are no users" in run("users list")
    assert run("users add Alice --role adviser") == "Alice can sign in as adviser.\n"
    run("users add bob --role maintainer", f"{WRONG}\r\n")
    assert matches(user(here).password_hash, PASSWORD)
    assert matches(user(here, "bob").password_hash, WRONG)
    run("users role ALICE supervisor")
    run("users disable alice")
    listed = run("users list").splitlines()
    assert [re.split(r"\s{2,}", line)[:4] for line in listed] == [
        ["Alice", "supervisor", "disabled", "password"],
        ["bob", "maintainer", "enabled", "password"],
    ]
    run("users enable alice")
    assert not user(here).disabled
    run("users password alice", f"{WRONG}\n")
    assert matches(user(here).password_hash, WRONG)
    recorded = [entry.payload for entry in here.entries(EntryFilter(kind="user")) if entry.payload]
    assert [(each["action"], each["name"], each["role"]) for each in recorded] == [
        ("add", "Alice", "adviser"),
        ("add", "bob", "maintainer"),
        ("role", "Alice", "supervisor"),
        ("disable", "Alice", "supervisor"),
        ("enable", "Alice", "supervisor"),
        ("password", "Alice", "supervisor"),
    ]
    assert all(each["by"] for each in recorded)
    assert WRONG not in str(recorded)


@pytest.mark.parametrize(
    ("words", "typed", "told"),
    [
        ("users add Alice --role adviser", "short\n", "at least 12 characters"),
        ("users add Alice --role adviser", "", "at least 12 characters"),
        ("users add a:b --role adviser", f"{PASSWORD}\n", "The name 'a:b' is not allowed"),
        ("users disable nobody", "", "no user 'nobody'"),
        ("users role nobody adviser", "", "no user 'nobody'"),
        ("users password nobody", f"{PASSWORD}\n", "no user 'nobody'"),
        ("tokens revoke nothing", "", "no token 'nothing'"),
        ("tokens add robot --scope confirm", "", "The scope 'confirm' is not allowed"),
        ("tokens add robot --days 0", "", "0 days are not allowed"),
    ],
)
def test_what_is_not_allowed_is_one_line(run: Run, words: str, typed: str, told: str):
    written = run(words, typed or "unused", status=2)
    assert told in written
    assert written.startswith("error: ")
    assert written.count("\n") == 1


def test_a_name_that_is_taken_is_reported(run: Run):
    run("users add Alice --role adviser")
    assert "'Alice' already" in run("users add alice --role maintainer", status=2)


def test_on_a_terminal_the_password_is_asked_for_twice(run: Run, here: Journal, monkeypatch: pytest.MonkeyPatch):
    answers = iter([PASSWORD, PASSWORD, PASSWORD, WRONG])
    monkeypatch.setattr("getpass.getpass", lambda asked: next(answers))
    monkeypatch.setattr("scoring.access.command.on_a_terminal", lambda: True)
    run("users add Alice --role adviser", "unused")
    assert "not the same" in run("users add bob --role adviser", "unused", status=2)
    with reading(here.engine) as connection:
        assert find_user(connection, "bob") is None


def test_no_option_takes_a_password():
    with pytest.raises(SystemExit):
        main(["users", "add", "Alice", "--role", "adviser", "--password", PASSWORD])


def test_tokens_are_made_listed_and_revoked(run: Run, here: Journal):
    assert "There are no tokens" in run("tokens list")
    secret = run("tokens add robot --role supervisor --scope read,decide --days 7").strip()
    with reading(here.engine) as connection:
        person = find_token(connection, hash_of(secret), 0)
    assert person is not None
    assert (person.name, person.role, person.scope) == ("token:robot", "supervisor", {"read", "decide"})
    listed = run("tokens list")
    assert re.match(r"robot +supervisor +decide,read +until \d{4}-", listed)
    assert secret not in listed
    run("tokens revoke robot")
    assert "revoked" in run("tokens list")
    recorded = here.entries(EntryFilter(kind="token"))
    assert [entry.payload and entry.payload["action"] for entry in recorded] == ["add", "revoke"]
    assert secret not in str(here.entries())
