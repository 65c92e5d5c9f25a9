"""The load of a branch, for Locust; `python -m benchmarks.load` runs it on an app of its own. On another:
`locust -f benchmarks/load/locustfile.py --headless -u 2 -t 5m -H http://HOST`.

An open model of arrivals (Schroeder, Wierman and Harchol-Balter, 2006): visits and calls begin at random times at a
given rate, however slowly earlier ones are answered, so that overload shows as waiting and not as fewer requests. Rates
come from the environment: `ADVISERS` who think for `THINKING` seconds between two events, and `CALLS` of programs a
second. Each of Locust's two users makes all arrivals of its kind. The numbers of decisions that the page says are
recorded are written to the file `ACKNOWLEDGED`.
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
        milliseconds = 1e3 * (perf_counter() - began)
        report = self.environment.events.request.fire
        report(
            request_type=kind, name=name, response_time=milliseconds, response_length=0, exception=failure, context={}
        )
        if failure:
            raise failure


class Adviser(Arrivals):
    """Visits of advisers, each with one applicant, in the mix of a branch."""

    rate = ADVISERS / (EVENTS_A_VISIT * THINKING)
    fixed_count = 1

    def begin(self) -> None:
        """One visit; it ends with the first event that fails."""
        reader, amount = Reader(self.client, config=self.config), random.randrange(100_000, 900_000, 500)
        someone = random.choice(IDS)

        def edit(loan: int) -> None:
            reader.enter("AMT_CREDIT", loan)
            if f"{loan:,}" not in reader.shown("application") or str(someone) not in reader.shown("application"):
                raise AnswerError("the page shows another applicant or loan")

        def decide() -> None:
            reader.do("record-decision", "click")
            recorded = RECORDED.search(reader.shown("record"))
            if recorded is None:
                raise AnswerError("the page does not say that the decision is recorded")
            with open(ACKNOWLEDGED, "a") as file:
                file.write(recorded[1].replace(",", "") + "\n")

        with (
            suppress(AnswerError, httpx.HTTPError),
            self.client.stream("GET", f"/gradio_api/heartbeat/{reader.session}"),
        ):
            self.timed("page", "worklist", reader.open)
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

    def _then(self, work: Callable[[], object], name: str) -> None:
        gevent.sleep(random.expovariate(1 / THINKING))
        self.timed("page", name, work)


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
