"""The load of a branch, for Locust; `python -m benchmarks.load` runs it on an app of its own. On another:
`locust -f benchmarks/load/locustfile.py Adviser Program --headless -u 2 -t 5m -H http://HOST`.

An open model of arrivals (Schroeder, Wierman and Harchol-Balter, 2006): visits and calls begin at random times at a
given rate, however slowly earlier ones are answered, so that overload shows as waiting and not as fewer requests. Rates
come from the environment: `ADVISERS` who think for `THINKING` seconds between two events, and `CALLS` of programs a
second. Each of Locust's two users makes all arrivals of its kind. The numbers of decisions that the page says are
recorded are written to the file `ACKNOWLEDGED`; to whom somebody else was faster (`taken`) takes the next applicant.
"""

from __future__ import annotations

import os
import random
import re
from collections.abc import Callable
from contextlib import suppress
from time import perf_counter

import gevent
import httpx
from locust import User, task

from benchmarks.load.reader import AnswerError, Reader, get_config
from scoring.applicants.store import open_applicants
from scoring.serving.settings import DEMO_APPLICANTS

ADVISERS = float(os.environ.get("ADVISERS", "50"))
THINKING = float(os.environ.get("THINKING", "10"))
CALLS = float(os.environ.get("CALLS", "5"))
EDITS = 3
# Events of a visit, each after some thinking: the list, an applicant, edits, two tabs and the decision.
EVENTS_A_VISIT = EDITS + 5
LONGEST = 120
CALLED = ("score", "explain", "similar")
# The bundled applicants. One is decided on once: they are so many that few are met twice.
IDS = open_applicants(DEMO_APPLICANTS, ()).ids.tolist()
RECORDED = re.compile(r"Recorded: entry ([0-9,]+),")
# The refusal to whom another adviser was faster.
TAKEN = "has changed since you opened it"
# It may depart from the recommendation, which takes a reason and a note.
DECISION = {"own-decision": "refer", "listed-reason": "second_opinion", "own-note": "A colleague knows such cases."}
ACKNOWLEDGED = os.environ.get("ACKNOWLEDGED", os.devnull)


class Arrivals(User):
    """Something that begins at random times; not waited for."""

    abstract = True
    rate: float

    def on_start(self) -> None:
        """Reads what the page is made of."""
        self.client = httpx.Client(base_url=self.host or "", timeout=LONGEST, limits=httpx.Limits(max_connections=None))
        self.config = get_config(self.client)

    @task
    def arrive(self) -> None:
        """Begins the next one after a random time: a Poisson process."""
        gevent.sleep(random.expovariate(self.rate))
        gevent.spawn(self.begin)

    def begin(self) -> None:
        """What arrives."""
        raise NotImplementedError

    def timed(self, kind: str, name: str, work: Callable[[], object]) -> None:
        """Does something, and tells Locust how long it took or how it failed."""
        began, failure = perf_counter(), None
        try:
            work()
        except (AnswerError, httpx.HTTPError) as error:
            failure = error
        self.count(kind, name, perf_counter() - began, failure)
        if failure:
            raise failure

    def count(self, kind: str, name: str, seconds: float = 0.0, failure: Exception | None = None) -> None:
        """Tells Locust of something that happened."""
        report, milliseconds = self.environment.events.request.fire, 1e3 * seconds
        report(
            request_type=kind, name=name, response_time=milliseconds, response_length=0, exception=failure, context={}
        )


class Adviser(Arrivals):
    """Visits of advisers, each with one applicant, in the mix of a branch."""

    rate = ADVISERS / (EVENTS_A_VISIT * THINKING)
    fixed_count = 1

    def begin(self) -> None:
        """One visit: the list, then applicants until one is decided on; it ends with the first event that fails."""
        reader = Reader(self.client, config=self.config)
        with (
            suppress(AnswerError, httpx.HTTPError),
            self.client.stream("GET", f"/gradio_api/heartbeat/{reader.session}"),
        ):
            self.timed("page", "worklist", reader.open)
            while not self._decided(reader, random.choice(IDS)):
                self.count("page", "taken")

    def _decided(self, reader: Reader, someone: int) -> bool:
        """One applicant, up to the decision; False if somebody else has decided on them in the meantime."""
        amount = random.randrange(100_000, 900_000, 500)

        def edit(loan: int) -> None:
            reader.enter("AMT_CREDIT", loan)
            if f"{loan:,}" not in reader.shown("application") or str(someone) not in reader.shown("application"):
                raise AnswerError("the page shows another applicant or loan")

        def decide() -> None:
            reader.do("record-decision", "click")
            if not (RECORDED.search(reader.shown("record")) or TAKEN in reader.shown("record")):
                raise AnswerError("the page does not say that the decision is recorded")

        self._then(lambda: reader.do("picker", "input", str(someone)), "open")
        self._then(lambda: reader.do("tab-what_if", "select"), "what-if")
        for place in range(EDITS):
            self._then(lambda place=place: edit(amount + 500 * place), "edit")  # type: ignore[misc]
        self._then(lambda: reader.do("tab-explanation", "select"), "explanation")
        self._then(lambda: reader.do("tab-population", "select"), "population")
        self._then(lambda: reader.do("tab-record", "select"), "record")
        for element, value in DECISION.items():
            reader.values[reader.component(element)] = value
        self._then(decide, "decision")
        recorded = RECORDED.search(reader.shown("record"))
        if recorded:
            with open(ACKNOWLEDGED, "a") as file:
                file.write(recorded[1].replace(",", "") + "\n")
        return bool(recorded)

    def _then(self, work: Callable[[], object], name: str) -> None:
        gevent.sleep(random.expovariate(1 / THINKING))
        self.timed("page", name, work)


class Desk(Adviser):
    """An adviser in a closed loop, who begins a visit when the last one is over; for `benchmarks.load.saturation`."""

    fixed_count = 0

    @task
    def arrive(self) -> None:
        """The next visit, after some thinking."""
        gevent.sleep(random.expovariate(1 / THINKING))
        self.begin()


class Program(Arrivals):
    """Calls of programs."""

    rate = CALLS
    fixed_count = 1

    def begin(self) -> None:
        """One call."""
        name = random.choice(CALLED)
        body = {"data": [random.choice(IDS), {"AMT_CREDIT": random.randrange(100_000, 900_000)}]}

        def call() -> None:
            self.client.post(f"/gradio_api/run/{name}", json=body).raise_for_status()

        with suppress(httpx.HTTPError):
            self.timed("program", f"/{name}", call)
