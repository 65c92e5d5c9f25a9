"""A restart while readers are at work: they go on by themselves, and nothing that was acknowledged is lost."""

from __future__ import annotations

import re
import signal
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import httpx

from benchmarks.load.reader import AnswerError, Reader
from scoring.applicants.store import ApplicantsFile
from scoring.journal.journal import EntryFilter, open_journal
from scoring.journal.verify import verify
from tests.interface.conftest import app_process, wait_until_up
from tests.ports import free_port

READERS = 6
LONGEST = 120
# Seconds after which somebody who was cut off opens the page again.
LOOK_AGAIN = 1.0
RECORDED = re.compile(r"Recorded: entry ([0-9,]+),")
# How often the app is stopped while it answers: as by an update, and as by a crash.
STOPS = (signal.SIGTERM, signal.SIGKILL)


def until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + LONGEST
    while not true():
        assert time.monotonic() < end
        time.sleep(0.02)


@dataclass
class Adviser:
    """Decides on one applicant after the other, and opens the page again whenever it was lost."""

    url: str
    name: str
    applicants: list[int]
    acknowledged: dict[int, int] = field(default_factory=dict)
    leaving: bool = False

    def work(self) -> None:
        with httpx.Client(base_url=self.url, timeout=LONGEST) as client:
            people = iter(self.applicants)
            applicant_id = next(people)
            while not self.leaving:
                try:
                    self.acknowledged[applicant_id] = self.decide(client, applicant_id)
                    applicant_id = next(people)
                except (httpx.HTTPError, AnswerError):
                    time.sleep(LOOK_AGAIN)

    def has_decided(self, many: int) -> bool:
        return len(self.acknowledged) >= many

    def decide(self, client: httpx.Client, applicant_id: int) -> int:
        """The number of the entry that the page acknowledges; if the answer was lost, of the second attempt's."""
        reader = Reader(client, f"?applicant={applicant_id}&tab=record")
        reader.open()
        assert str(applicant_id) in reader.shown("application")
        for element, value in {"own-decision": "refer", "listed-reason": "second_opinion"}.items():
            reader.values[reader.component(element)] = value
        reader.values[reader.component("own-note")] = self.name
        reader.do("record-decision", "click")
        recorded = RECORDED.search(reader.shown("record"))
        if recorded is None:
            raise AnswerError(reader.shown("record"))
        return int(recorded[1].replace(",", ""))


def test_a_restart_under_load_loses_nothing_that_was_acknowledged(tmp_path: Path, applicants: ApplicantsFile):
    port, log = free_port(), tmp_path / "log"
    own = {"JOURNAL_URL": f"sqlite:///{tmp_path / 'journal.db'}", "CALLS_PER_MINUTE": "1000000"}
    people = applicants.ids.tolist()
    advisers = [
        Adviser(f"http://127.0.0.1:{port}", f"adviser {place}", people[place::READERS]) for place in range(READERS)
    ]
    with ThreadPoolExecutor(READERS) as pool:
        at_work = [pool.submit(each.work) for each in advisers]
        try:
            for sent in (*STOPS, None):
                with app_process(log, port, **own) as process:
                    wait_until_up(advisers[0].url, process, log)
                    enough = [len(each.acknowledged) + 1 for each in advisers]
                    for adviser, many in zip(advisers, enough, strict=True):
                        until(partial(adviser.has_decided, many))
                    if sent is not None:
                        process.send_signal(sent)
                        process.wait(LONGEST)
        finally:
            for each in advisers:
                each.leaving = True
        for each in at_work:
            each.result()
    journal = open_journal(own["JOURNAL_URL"])
    assert verify(journal.engine, journal.keys).holds
    entries = {each.number: each for each in journal.entries(EntryFilter(kind="decision", limit=10_000))}
    for adviser in advisers:
        for applicant_id, entry in adviser.acknowledged.items():
            assert (entries[entry].applicant_id, entries[entry].payload["note"]) == (applicant_id, adviser.name)
