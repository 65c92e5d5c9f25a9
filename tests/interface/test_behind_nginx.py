"""Several processes behind nginx, under a path of their host: one is killed, or makes room for a newer model."""

from __future__ import annotations

import re
import signal
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from benchmarks.load.reader import Reader
from scoring.journal.journal import EntryFilter
from scoring.lender.roles import CREDIT
from scoring.people import Role
from scoring.serving.service import Service, assess
from scoring.serving.settings import DEMO_APPLICANTS
from tests.databases import new_database
from tests.interface.branch import Branch, add_users, decide, open_by_id, recorded
from tests.interface.conftest import SMALL_LOAN, app_process, wait_until_up
from tests.interface.pages import shown_probability, tab
from tests.nginx import running_nginx
from tests.ports import free_port
from tests.waiting import until

pytestmark = pytest.mark.browser

TEAM: dict[str, Role] = {"anna": "adviser", "ben": "adviser"}
BEHIND = {"GRADIO_ROOT_PATH": "/credit", "FORWARDED_ALLOW_IPS": "127.0.0.1"}
MOST_READERS = 40


@dataclass
class Branches:
    """Two processes, and the nginx before them."""

    url: str
    folder: Path
    apps: dict[int, subprocess.Popen]

    def last_answered(self, request: str, count: int = 1) -> int:
        """The port of the process that answered the last request of this kind, of so many at least.

        nginx logs a request just after its answer has gone out.
        """
        until(lambda: len(self._logged(request)) >= count)
        # Where one could not be reached, nginx names those that it tried: the last one answered.
        return int(re.findall(r"127\.0\.0\.1:(\d+)", self._logged(request)[-1])[-1])

    def _logged(self, request: str) -> list[str]:
        lines = (self.folder / "access.log").read_text().splitlines()
        return [line for line in lines if re.search(request, line)]


@contextmanager
def behind_nginx(folder: Path, *settings: dict[str, str]) -> Iterator[Branches]:
    """An app for each of these settings, in the order of nginx's list."""
    ports = [free_port() for _ in settings]
    with ExitStack() as running:
        apps = {
            port: running.enter_context(app_process(folder / f"{port}.log", port, **BEHIND, **own))
            for port, own in zip(ports, settings, strict=True)
        }
        for port, process in apps.items():
            wait_until_up(f"http://127.0.0.1:{port}", process, folder / f"{port}.log")
        yield Branches(running.enter_context(running_nginx(folder, free_port(), ports)), folder, apps)


@pytest.fixture(scope="module")
def undecided(service: Service, applicants) -> list[int]:
    """Applicants whom the model would approve, with small loans."""
    assessed = (assess(service, one, {}, "en") for one in applicants.ids[:120].tolist())
    return [
        each.applicant.applicant_id
        for each in assessed
        if each.decision.outcome == "approve" and each.applicant.raw[CREDIT] <= SMALL_LOAN
    ]


def test_a_branch_goes_on_when_one_of_its_processes_is_killed(
    tmp_path: Path, postgres: str, browser: Browser, undecided: list[int]
):
    journal = new_database(postgres)
    add_users(journal, TEAM)
    settings = {"AUTH": "password", "JOURNAL_URL": journal}
    with behind_nginx(tmp_path, settings, settings) as running:
        branch = Branch(f"{running.url}/", journal, browser)
        created = branch.command(
            "tokens", "add", "teller", "--role", "adviser", "--scope", "read,decide", "--days", "1"
        )
        program = httpx.Client(headers={"authorization": f"Bearer {created.split()[-1]}"}, timeout=60)
        people = iter(undecided)
        acknowledged: list[int] = []

        def decided_by_program() -> None:
            acknowledged.append(next(people))
            body = {"data": [acknowledged[-1], {}, "approve"]}
            answer = program.post(f"{running.url}/gradio_api/run/decide", json=body)
            assert answer.status_code == 200, answer.text

        def decided_by(page: Page) -> None:
            acknowledged.append(next(people))
            open_by_id(page, acknowledged[-1])
            decide(page, "approve")
            recorded(page)

        anna, ben = branch.sign_in("anna"), branch.sign_in("ben")
        expect(anna.locator(".cs-list tbody a").first).to_be_visible()
        for page in (anna, ben):
            decided_by(page)
        decided_by_program()
        looked_at = next(people)
        open_by_id(anna, looked_at)
        route = next(each["value"] for each in anna.context.cookies() if each["name"] == "credit_route")
        killed = running.last_answered(f"{route} POST /credit/gradio_api/queue/join")
        with anna.expect_event("load"):
            # In the middle of an answer to her: the page notices, and opens itself again.
            with anna.expect_response("**/queue/join**"):
                tab(anna, "explanation")
            running.apps[killed].send_signal(signal.SIGKILL)
            running.apps[killed].wait()
        expect(anna.locator("#application h2")).to_have_text(f"Applicant {looked_at}")
        for page in (anna, ben):
            decided_by(page)
        decided_by_program()
        assert running.last_answered("run/decide", count=2) != killed
        entries = branch.journal.entries(EntryFilter(limit=1000))
        assert [each.applicant_id for each in entries if each.kind == "decision"] == acknowledged
        branch.command("journal", "verify")
        for page in branch.pages.values():
            page.context.close()


def test_no_reader_sees_two_models_while_a_newer_one_takes_over(
    tmp_path: Path, amount_folder: Path, service: Service, amount_service: Service, some_ids: list[int]
):
    older = {"JOURNAL_URL": f"sqlite:///{tmp_path / 'journal.db'}"}
    newer = {**older, "ARTIFACT": str(amount_folder), "APPLICANTS": str(DEMO_APPLICANTS)}
    old, new = (each.artifact.identity.revision for each in (service, amount_service))
    with behind_nginx(tmp_path, older, newer) as running:
        first, second = running.apps
        for _ in range(MOST_READERS):
            client = httpx.Client(base_url=running.url, timeout=60)
            client.get("/")
            reader = Reader(client, f"?applicant={some_ids[0]}")
            reader.open()
            if running.last_answered("POST /credit/gradio_api/queue/join") == first:
                break
        assert {old, new} & shown(reader) == {old}
        reader.do("tab-what_if", "select")
        reader.enter("AMT_CREDIT", 333_000)
        assert shown_probability(service, some_ids[0], {CREDIT: 333_000}) in reader.shown("result")

        running.apps[first].terminate()
        running.apps[first].wait()
        reader.enter("AMT_CREDIT", 444_000)
        assert running.last_answered("POST /credit/gradio_api/queue/join") == second
        assert {old, new} & shown(reader) == {new}
        assert shown_probability(amount_service, some_ids[0], {CREDIT: 444_000}) in reader.shown("result")
        # What another tab showed of the older model is gone until it is opened.
        reader.do("tab-explanation", "select")
        assert {old, new} & shown(reader) == {new}


def shown(reader: Reader) -> set[str]:
    """All words that the page holds as a component's value."""
    return {value for value in reader.values.values() if isinstance(value, str)}
