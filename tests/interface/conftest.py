"""The running app: the same `python app.py` that a Space starts, on a free port, with the bundled model."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path

import httpx
import pytest
from filelock import FileLock
from gradio_client import Client
from playwright.sync_api import Browser, sync_playwright

from scoring.answers.applicant import Plan
from scoring.applicants.store import ApplicantsFile
from scoring.assessment.recourse import recourse
from scoring.lender.roles import CREDIT
from scoring.serving.service import Service, assess
from scoring.serving.settings import DEMO_APPLICANTS
from tests.interface.pages import Opened, opened_pages
from tests.ports import free_port
from tests.shared import shared_folder, worker_number

ROOT = Path(__file__).parents[2]
START_SECONDS = 180
# Within an adviser's limit.
SMALL_LOAN = 400_000
# The bundled model; another one without sign-in, too, unless a test is about that.
# All tests ask from one address.
PLAIN = {"ARTIFACT": "", "APPLICANTS": "", "AUTH": "", "ALLOW_ANONYMOUS": "1", "CALLS_PER_MINUTE": "1000000"}


@contextmanager
def app_process(log: Path, port: int, **settings: str) -> Iterator[subprocess.Popen]:
    """The app on a port with these settings and a Space's libraries, perhaps still starting; stopped at the end."""
    # Only training installs scikit-learn: where it is found, LightGBM imports it, which takes a second of each start.
    absent = log.with_name("absent")
    absent.mkdir(exist_ok=True)
    (absent / "sklearn.py").write_text("raise ImportError")
    journal = f"sqlite:///{log.with_suffix('.db')}"
    own = {"JOURNAL_URL": journal, "GRADIO_SERVER_PORT": str(port), "PYTHONPATH": str(absent)}
    with log.open("w") as out:
        process = subprocess.Popen(
            [sys.executable, "app.py"],
            cwd=ROOT,
            env={**os.environ, **PLAIN, **own, **settings},
            stdout=out,
            stderr=subprocess.STDOUT,
        )
        try:
            yield process
        finally:
            process.terminate()
            process.wait()


@contextmanager
def running_app(log: Path, **settings: str) -> Iterator[str]:
    """The address of an app that runs with these settings as long as it is wanted."""
    port = int(settings.pop("GRADIO_SERVER_PORT", free_port()))
    with app_process(log, port, **settings) as process:
        url = f"http://127.0.0.1:{port}"
        wait_until_up(url, process, log)
        yield url


@contextmanager
def shared_app(folder: Path, name: str, **settings: str) -> Iterator[str]:
    """The address of an app for all test processes: the first that needs it runs it until the last is done with it."""
    address = folder / name
    starting = FileLock(f"{address}.lock")
    with (folder / f"{name}.users").open("w") as users, ExitStack() as running:
        with starting:
            fcntl.flock(users, fcntl.LOCK_SH)
            mine = not address.exists()
            if mine:
                address.write_text(running.enter_context(running_app(folder / f"{name}.log", **settings)))
        yield address.read_text()
        if mine:
            with starting:
                address.unlink()
            # Whoever uses it holds the lock until then.
            fcntl.flock(users, fcntl.LOCK_EX)


@pytest.fixture(scope="session")
def run_app() -> Callable[..., AbstractContextManager[str]]:
    """Runs an app with settings of a test's own."""
    return running_app


@pytest.fixture(scope="session")
def app_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of an app that runs for the whole session."""
    with shared_app(shared_folder(tmp_path_factory), "app") as url:
        yield url


@pytest.fixture(scope="session")
def amount_url(tmp_path_factory: pytest.TempPathFactory, amount_folder: Path) -> Iterator[str]:
    """The address of an app whose model decides by amounts."""
    settings = {"ARTIFACT": str(amount_folder), "APPLICANTS": str(DEMO_APPLICANTS)}
    with shared_app(shared_folder(tmp_path_factory), "amount-app", **settings) as url:
        yield url


@pytest.fixture(scope="session")
def helped(service: Service, applicants: ApplicantsFile) -> tuple[int, Plan]:
    """The first applicant on file whom a plan for the loan alone would help best, and that plan."""
    for applicant_id in applicants.ids.tolist():
        for plan in recourse(service.artifact, assess(service, applicant_id, {}, "en")).plans[:1]:
            if plan.changes and not plan.history:
                return applicant_id, plan
    pytest.fail("nobody on file has recourse")


def wait_until_up(url: str, process: subprocess.Popen, log: Path) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        if process.poll() is not None:
            break
        try:
            if httpx.get(f"{url}/health").status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.2)
    pytest.fail(f"The app did not start:\n{log.read_text()}")


@pytest.fixture(scope="session")
def client(app_url: str) -> Client:
    return Client(app_url, verbose=False)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A headless Chromium; CHROMIUM names another than the one on the path."""
    path = os.environ.get("CHROMIUM") or shutil.which("chromium")
    if not path:
        pytest.fail("No Chromium: `make test` installs it, or set CHROMIUM to one.")
    flags = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    with sync_playwright() as driver:
        started = driver.chromium.launch(executable_path=path, args=flags)
        yield started
        started.close()


@pytest.fixture
def opened(browser: Browser, app_url: str) -> Iterator[Opened]:
    """Opens pages of the session's app, each in a browser of its own."""
    with opened_pages(browser, app_url) as open_page:
        yield open_page


@pytest.fixture
def decidable(service: Service, applicants: ApplicantsFile, client: Client) -> Callable[[str], int]:
    """Finds an applicant with a recommendation whom nobody has decided yet in the session's app, within every limit.

    Each test process has applicants of its own: another one may decide about the same app's at the same time.
    """

    def find(outcome: str) -> int:
        decided = {entry["applicant_id"] for entry in client.predict(kind="decision", limit=1000, api_name="/journal")}
        for applicant_id in applicants.ids[1 + worker_number() :: 7].tolist():
            assessment = assess(service, applicant_id, {}, "en")
            small = assessment.applicant.raw[CREDIT] <= SMALL_LOAN
            if applicant_id not in decided and small and assessment.decision.outcome == outcome:
                return applicant_id
        pytest.fail(f"nobody is left whom the model would {outcome}")

    return find


@pytest.fixture(scope="session")
def ids(some_ids: list[int]) -> tuple[int, int]:
    """Two applicants on file."""
    return some_ids[7], some_ids[21]
