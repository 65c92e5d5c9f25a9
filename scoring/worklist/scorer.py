"""Scores everybody on file in the background whenever a model or a file is new, in one process at a time."""

from __future__ import annotations

import logging
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from uuid import uuid4

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Engine

from scoring.errors import ApplicantsFileError, ScoringError
from scoring.lender.roles import APPLIED_ON
from scoring.serving.live import State
from scoring.serving.service import Service
from scoring.worklist.key import scoring_key
from scoring.worklist.scores import scores_of
from scoring.worklist.sets import (
    ScoredSet,
    add_batch,
    delete_others,
    end_lease,
    renumber_changes,
    served_set,
    take_lease,
)
from scoring.worklist.view import view_of

log = logging.getLogger(__name__)

BATCH_ROWS = 5_000
# Well within the lease, however slow the machine.
BATCH_SECONDS = 10.0
# Scored in one go; then those who wait for a page have their turn.
ROWS_AT_ONCE = 1_000
# For each second of scoring, so many of rest.
REST = 0.5
# Of the thread, above the process's own. A thread that holds Python's lock and gets no processor would keep all others
# waiting: hence not the lowest priority.
NICENESS = 5
# How often a process looks whether another that scores has died, and says that it serves its set.
LOOK_SECONDS = 15.0


class Scorer:
    """Keeps the set of what is served complete, in a background thread of this process."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        # Another one at each start: a process that is killed and started anew does not take itself for the former.
        self._name = uuid4().hex
        self._service: Service | None = None
        self._something_new = threading.Event()
        self._stopped = False
        self._thread = threading.Thread(target=self._work, name="scores for the list", daemon=True)

    def observe(self, state: State) -> None:
        """What is served now; what is being scored for an earlier version is left."""
        self._service = state.served
        self._something_new.set()

    def start(self) -> None:
        """Starts scoring what is served."""
        self._thread.start()

    def stop(self) -> None:
        """Stops after the applicants being scored."""
        self._stopped = True
        self._something_new.set()
        self._thread.join()

    def _work(self) -> None:
        if sys.platform == "linux":
            # Elsewhere threads have no niceness of their own.
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), os.getpriority(os.PRIO_PROCESS, 0) + NICENESS)
        logged = ""
        while not self._stopped:
            self._something_new.clear()
            service = self._service
            try:
                if service is not None and service.applicants is not None:
                    keep_complete(self._engine, service, self._name, partial(self._leave, service))
                logged = ""
            except Exception as error:  # noqa: BLE001 (it is tried again: the next version may be better)
                if str(error) != logged:
                    _tell(error)
                logged = str(error)
            self._something_new.wait(LOOK_SECONDS)

    def _leave(self, service: Service) -> bool:
        return self._stopped or self._service is not service


def _tell(error: Exception) -> None:
    words = "Not all applicants are in the list."
    if isinstance(error, ScoringError):
        log.error("%s %s", words, error)
    else:
        log.error("%s An unexpected fault.", words, exc_info=error)


def keep_complete(engine: Engine, service: Service, scorer: str, leave: Callable[[], bool]) -> None:
    """Scores whoever has no score yet, unless another process is about it; then deletes what nobody serves any more.

    Args:
        scorer: this process's name in the lease.
        leave: whether to stop before the end; asked after every few applicants.

    Raises:
        ApplicantsFileError: the file has changed since it was opened, or is damaged.
        DatabaseError: the scores cannot be written.
    """
    file, key = service.applicants, scoring_key(service)
    assert file is not None
    found = served_set(engine, key, len(file), APPLIED_ON in file.groups.schema.names, _now())
    if not found.complete:
        first = take_lease(engine, found, scorer, _now())
        if first is None or not _score(engine, service, found, first, scorer, leave):
            return
        log.info("All %s applicants are in the list.", f"{len(file):,}")
    delete_others(engine, found, _now())
    renumber_changes(engine)
    # Whoever opens the list first finds it read.
    with view_of(engine, key):
        pass


def _score(
    engine: Engine, service: Service, found: ScoredSet, first: int, scorer: str, leave: Callable[[], bool]
) -> bool:
    """Scores the applicants from the place `first` on; whether all are scored now."""
    try:
        for scores in _batches(service, first, leave):
            if not add_batch(engine, found, scorer, first, scores, _now()):
                return False
            first += len(scores)
        return first >= found.applicants
    finally:
        end_lease(engine, found, scorer)


def _batches(service: Service, first: int, leave: Callable[[], bool]) -> Iterator[NDArray[np.void]]:
    """The scores of the applicants from the place `first` on, `BATCH_ROWS` or `BATCH_SECONDS` of them at a time.

    Raises:
        ApplicantsFileError: the file has changed since it was opened, or is damaged.
    """
    file = service.applicants
    assert file is not None
    more = [APPLIED_ON] if APPLIED_ON in file.groups.schema.names else []
    waiting: list[NDArray[np.void]] = []
    begun = time.monotonic()
    for table in file.tables_from(first, ROWS_AT_ONCE, more):
        start = time.perf_counter()
        waiting.append(scores_of(service.artifact, table))
        if leave():
            return
        time.sleep(REST * (time.perf_counter() - start))
        if sum(map(len, waiting)) >= BATCH_ROWS or time.monotonic() - begun >= BATCH_SECONDS:
            _check_unchanged(service)
            yield np.concatenate(waiting)
            waiting, begun = [], time.monotonic()
    _check_unchanged(service)
    if waiting:
        yield np.concatenate(waiting)


def _check_unchanged(service: Service) -> None:
    assert service.applicants is not None
    if service.applicants.changed:
        raise ApplicantsFileError(
            f"{service.applicants.path}: the file has changed since it was opened. Start the app again to serve it "
            "as it is now."
        )


def _now() -> datetime:
    return datetime.now(UTC)
