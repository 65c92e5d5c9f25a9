"""A thousand decisions by four processes that are killed at random: each acknowledged one is kept, with its case."""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from contextlib import suppress
from random import Random

import pytest

from scoring.cases import steps
from scoring.cases.orders import Order
from scoring.cases.steps import Desk, case_of, decide, reopen
from scoring.database.engine import open_existing
from scoring.errors import CaseError
from scoring.journal.journal import EntryFilter, keys_of, open_journal
from scoring.journal.verify import verify
from scoring.serving.service import assess, commented
from tests.scoring.cases.conftest import SUE, TEAM

DECISIONS = 1000
PROCESSES = 4
APPLICANTS = 12


def decide_forever(url: str, policy, service, orders, said: int, seed: int) -> None:
    """Decides and reopens one case after another, and says of each step, once it is recorded, number and hash."""
    desk, random = Desk(open_journal(url), policy, 30), Random(seed)
    while True:
        order = random.choice(orders)
        for take in (
            lambda order: decide(desk, service, SUE, order, TEAM),
            lambda order: reopen(desk, SUE, order.applicant_id, "Again", "en"),
        ):
            # Somebody else may have been quicker.
            with suppress(CaseError):
                step = take(order)
                os.write(said, f"{step.entry} {step.hash}\n".encode())


@pytest.fixture
def quick(service, recommended, monkeypatch):
    """Orders whose applicants are scored once: what is tested is what happens after the score."""
    found = [recommended("approve"), recommended("refuse")]
    found += [one for one in service.applicants.ids[: 3 * APPLICANTS].tolist() if one not in found]
    assessments = {one: assess(service, one, {}, "en") for one in found}
    scores = {one: commented(service, assessment) for one, assessment in assessments.items()}
    monkeypatch.setattr(steps, "assess", lambda _, applicant_id, *__: assessments[applicant_id])
    monkeypatch.setattr(steps, "commented", lambda _, assessment: scores[assessment.applicant.applicant_id])
    orders = [Order(one, None, score.decision) for one, score in scores.items() if score.decision != "refer"]
    return orders[:APPLICANTS]


def test_every_acknowledged_decision_is_there_with_its_case(database_url, policy, service, quick):
    random, acknowledged, seed = Random(1), {}, 0
    while len(acknowledged) < DECISIONS:
        running = []
        for _ in range(PROCESSES):
            said, write = os.pipe()
            seed += 1
            arguments = (database_url, policy, service, quick, write, seed)
            process = multiprocessing.get_context("fork").Process(target=decide_forever, args=arguments)
            process.start()
            os.close(write)
            running.append((process, said))
        for process, said in running:
            time.sleep(random.uniform(0.2, 1.5))
            os.kill(process.pid, signal.SIGKILL)
            process.join()
            with os.fdopen(said) as lines:
                acknowledged.update({int(number): hash for number, hash in (line.split() for line in lines)})
    journal = open_journal(database_url)
    entries = journal.entries(EntryFilter(limit=100 * DECISIONS))
    assert acknowledged.items() <= {entry.number: entry.hash for entry in entries}.items()
    assert len(entries) <= len(acknowledged) + seed
    engine = open_existing(database_url)
    assert verify(engine, keys_of(engine, None)).finding is None
    desk = Desk(journal, policy, 30)
    for order in quick:
        last = [entry for entry in entries if entry.applicant_id == order.applicant_id][-1]
        case = case_of(desk, order.applicant_id)
        decided = last.kind == "decision"
        assert case.state == ("decided" if decided else "working")
        assert case.entry == (last.number if decided else None)
