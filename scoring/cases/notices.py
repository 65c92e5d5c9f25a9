"""Entries that nobody decides on: the app's settings at its start, each model that it serves, each file scored."""

from __future__ import annotations

import logging
from dataclasses import asdict, fields, is_dataclass
from pathlib import Path
from typing import Any

from scoring.cases.evidence import model_of
from scoring.errors import DatabaseError, JournalError
from scoring.journal.journal import Journal
from scoring.people import SYSTEM
from scoring.portfolio.batches import Batch
from scoring.serving.code import code_identity
from scoring.serving.live import State
from scoring.serving.settings import Settings

log = logging.getLogger(__name__)


def settings_in_words(settings: Any) -> dict[str, Any]:
    """Settings as plain data, without those that are kept from view (`repr=False`: tokens, secrets, addresses)."""
    plain: dict[str, Any] = {}
    for field in fields(settings):
        if not field.repr:
            continue
        value = getattr(settings, field.name)
        if isinstance(value, Path):
            value = value.name
        plain[field.name] = settings_in_words(value) if is_dataclass(value) else value
    return plain


def record_start(journal: Journal, settings: Settings) -> None:
    """Records that the app starts, with which settings and code.

    Raises:
        DatabaseError: it could not be recorded.
    """
    journal.record("settings", SYSTEM, {"settings": settings_in_words(settings), "code": code_identity()})


def record_model(journal: Journal, state: State) -> None:
    """Records which model is served from now on. A journal that cannot be reached keeps no model from being served."""
    if state.served is None:
        return
    file = state.served.applicants
    stamp = vars(file.stamp) if file and file.stamp else None
    payload = {"model": model_of(state.served.artifact), "applicants": file and len(file), "stamp": stamp}
    try:
        journal.record("model", SYSTEM, payload)
    except (DatabaseError, JournalError) as error:
        log.error("The journal does not say that another model is served. %s", error)


def record_batch(journal: Journal, batch: Batch) -> None:
    """Records that a file was scored, for whom, by which model, and with which decisions; nothing of its rows.

    Raises:
        DatabaseError, JournalError: it could not be recorded.
    """
    assert batch.model is not None
    payload = {
        "file": batch.sha256,
        "rows": batch.rows,
        "refused": batch.refused,
        "decisions": batch.decisions,
        "model": asdict(batch.model),
    }
    journal.record("batch", batch.sender, payload)
