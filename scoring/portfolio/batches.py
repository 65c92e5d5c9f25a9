"""Files that are being scored, or were: one after the other in a thread of their own, each its sender's alone."""

from __future__ import annotations

import logging
import math
import queue
import secrets
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from hashlib import file_digest
from pathlib import Path
from shutil import rmtree
from tempfile import TemporaryDirectory, mkdtemp
from typing import Literal

from scoring.answers.applicant import ModelIdentity
from scoring.artifact.load import Artifact
from scoring.decision.rule import OUTCOMES
from scoring.errors import DatabaseError, JournalError, ScoringError
from scoring.people import Person
from scoring.portfolio.reading import as_csv, parts, refused, row_count
from scoring.portfolio.rows import Scored, scored_rows
from scoring.portfolio.writing import Form, writing
from scoring.schema.definition import quoted
from scoring.words.language import Language
from scoring.words.wording import text

log = logging.getLogger(__name__)

State = Literal["receiving", "waiting", "running", "done", "failed", "cancelled"]
# Small enough that what else the app does is not held up, large enough that a row costs no more than its score.
ROWS_AT_ONCE = 250
# Of one person or token, and of all.
MOST_OF_ONE, MOST_OF_ALL = 3, 20
KEPT_SECONDS = 3600
ERRORS_SHOWN = 100
BINS = 100
# What a thread that waits for Python's lock needs to get it.
BREATH_SECONDS = 0.001
NUMBER_BYTES = 16


@dataclass(eq=False)
class Batch:
    """One file: who sent it, how far it is, and what was found so far.

    `sha256` is the digest of the bytes that were sent, once they are read.

    `expected` is how many rows there are, before they are read. `bins` counts the rows of each decision by
    probability, in hundredths; `thresholds` are the lowest and the highest, which differ where costs do. `errors` are
    the first rows that were refused, with the words.
    """

    sender: Person
    language: Language
    form: Form
    folder: Path
    number: str = field(default_factory=lambda: secrets.token_urlsafe(NUMBER_BYTES))
    state: State = "receiving"
    model: ModelIdentity | None = None
    sha256: str = ""
    expected: int | None = None
    rows: int = 0
    refused: int = 0
    bins: dict[str, list[int]] = field(default_factory=lambda: {outcome: [0] * BINS for outcome in OUTCOMES})
    thresholds: tuple[float, float] = (math.inf, -math.inf)
    errors: list[tuple[int, str]] = field(default_factory=list)
    error: str = ""
    ended_at: float | None = None

    @property
    def sent(self) -> Path:
        """Where the file is that was sent."""
        return self.folder / "sent"

    @property
    def answer(self) -> Path:
        """Where the scored file is once it is done."""
        return self.folder / f"scored.{self.form}"

    @property
    def decisions(self) -> dict[str, int]:
        """How many rows have each decision."""
        return {outcome: sum(counts) for outcome, counts in self.bins.items()}

    def count(self, scored: list[Scored]) -> None:
        """Adds a part to what was found so far."""
        self.rows += len(scored)
        for each in scored:
            if each.probability is None or each.decision is None or each.threshold is None:
                self.refused += 1
                if len(self.errors) < ERRORS_SHOWN:
                    self.errors.append((each.row, each.error))
            else:
                self.bins[each.decision][min(BINS - 1, int(each.probability * BINS))] += 1
                low, high = self.thresholds
                self.thresholds = min(low, each.threshold), max(high, each.threshold)


class Batches:
    """The files of one process.

    Args:
        artifact: what is served now; each file is scored by one model.
        record: puts on record that a file was scored; only then is the result handed out.
        on_file: the columns of the applicants on file; those that the model does not read may be in a file, too.
        clock: seconds.
    """

    def __init__(
        self,
        artifact: Callable[[], Artifact],
        record: Callable[[Batch], object],
        on_file: Callable[[], Sequence[str]] = tuple,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._artifact, self._record, self._on_file, self._clock = artifact, record, on_file, clock
        self._lock, self._all = threading.Lock(), dict[str, Batch]()
        # Gone with the process.
        self._folder = TemporaryDirectory(prefix="batches-")
        self._waiting: queue.Queue[Batch] = queue.Queue()
        threading.Thread(target=self._work, name="batches", daemon=True).start()

    def receive(self, sender: Person, language: Language, form: Form) -> Batch:
        """Room for a file that is about to be sent.

        Raises:
            PortfolioError: this sender, or all together, have as many as they may.
        """
        with self._lock:
            self._forget()
            going = [each for each in self._all.values() if each.ended_at is None]
            if sum(each.sender.name == sender.name for each in going) >= MOST_OF_ONE or len(going) >= MOST_OF_ALL:
                raise refused("others_first", language)
            batch = Batch(sender, language, form, Path(mkdtemp(dir=self._folder.name)))
            self._all[batch.number] = batch
        return batch

    def start(self, batch: Batch) -> None:
        """Scores a file that was received, when its turn comes, unless it was cancelled meanwhile."""
        with self._lock:
            if batch.ended_at is None:
                batch.state = "waiting"
                self._waiting.put(batch)

    def find(self, sender: Person, number: str) -> Batch | None:
        """A file of this sender's; nobody else's."""
        batch = self._all.get(number)
        return batch if batch is not None and batch.sender.name == sender.name else None

    def cancel(self, batch: Batch) -> None:
        """Ends a file's scoring after the part that is running, and forgets what was found of it."""
        self._end(batch, "cancelled")

    def _work(self) -> None:
        while True:
            batch = self._waiting.get()
            with self._lock:
                if batch.ended_at is not None:
                    continue
                batch.state = "running"
            try:
                self._score(batch)
            except ScoringError as error:
                self._end(batch, "failed", str(error))
            except Exception:
                # One that was cancelled has lost its folder; whatever else it is, the next file is scored.
                if batch.ended_at is None:
                    log.exception("A file of applications could not be scored.")
                self._end(batch, "failed", text("portfolio.fault", batch.language))

    def _score(self, batch: Batch) -> None:
        artifact = self._artifact()
        batch.model = artifact.identity
        with batch.sent.open("rb") as sent:
            batch.sha256 = file_digest(sent, "sha256").hexdigest()
        table = as_csv(batch.sent, batch.folder, batch.language)
        columns = [*artifact.history_names, *self._on_file()]
        batch.expected = row_count(table, columns, batch.language)
        with writing(batch.answer, batch.form) as write:
            for part in parts(table, columns, ROWS_AT_ONCE, batch.language):
                if batch.ended_at is not None:
                    return
                scored = scored_rows(artifact, part, batch.language)
                write(scored)
                batch.count(scored)
                time.sleep(BREATH_SECONDS)
        table.unlink(missing_ok=True)
        batch.sent.unlink(missing_ok=True)
        if batch.ended_at is not None:
            return
        self._recorded(batch)
        self._end(batch, "done")

    def _recorded(self, batch: Batch) -> None:
        try:
            self._record(batch)
        except (DatabaseError, JournalError) as error:
            log.exception("That a file was scored could not be recorded.")
            raise refused("not_recorded", batch.language) from error

    def _end(self, batch: Batch, state: State, error: str = "") -> None:
        with self._lock:
            reached = state if batch.ended_at is None else batch.state
            # Whoever reads that it ended finds nothing of what was sent.
            if reached != "done":
                rmtree(batch.folder, ignore_errors=True)
            if batch.ended_at is None:
                batch.error, batch.state = error, state
                batch.ended_at = self._clock()

    def _forget(self) -> None:
        """Deletes what ended long ago, and the oldest of too many."""
        ended = sorted((each for each in self._all.values() if each.ended_at is not None), key=_when)
        for place, each in enumerate(ended):
            if self._clock() - _when(each) > KEPT_SECONDS or len(ended) - place > MOST_OF_ALL:
                rmtree(each.folder, ignore_errors=True)
                del self._all[each.number]


def _when(batch: Batch) -> float:
    return batch.ended_at or 0.0


def checked_form(form: object, language: Language) -> Form:
    """The form of the scored file.

    Raises:
        PortfolioError: it is neither "csv" nor "parquet".
    """
    if form == "csv" or form == "parquet":
        return form
    raise refused("form", language, value=quoted(form))
