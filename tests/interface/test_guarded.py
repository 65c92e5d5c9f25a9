from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

from scoring.errors import HubRepoNotFoundError
from scoring.interface.guarded import Operations, operations
from scoring.journal.journal import open_journal
from scoring.operations.limits import Queue
from scoring.serving.live import State
from scoring.serving.service import Service
from scoring.serving.settings import OperationSettings

GONE = HubRepoNotFoundError("gone")


def run(tmp_path: Path, state: State) -> Operations:
    journal = open_journal(f"sqlite:///{tmp_path / 'journal.db'}")
    workplace: Any = SimpleNamespace(serving=SimpleNamespace(state=state), desk=SimpleNamespace(journal=journal))
    return operations(workplace, ["score"], lambda: Queue(0, 0.0), OperationSettings())


def test_an_app_is_ready_with_a_model_and_its_journal(tmp_path: Path, service: Service):
    assert run(tmp_path, State(service, {})).ready
    # An older version than the newest serves, too.
    assert run(tmp_path, State(service, {}, GONE)).ready
    assert not run(tmp_path, State(None, {}, GONE)).ready


def test_it_is_not_while_it_stops(tmp_path: Path, service: Service):
    made = run(tmp_path, State(service, {}))
    made.work.stopping = True
    assert not made.ready


def test_it_is_not_without_its_journal(tmp_path: Path, service: Service):
    made = run(tmp_path, State(service, {}))
    made.workplace.desk.journal.engine.dispose()
    (tmp_path / "journal.db").unlink()
    (tmp_path / "journal.db").mkdir()
    assert not made.ready
