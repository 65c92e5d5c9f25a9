"""Fixtures for all tests: the bundled model with its applicants, and the real sample if it is available."""

from __future__ import annotations

import os

# Two test processes share two cores: LightGBM's threads would only get in each other's way. Set before it is imported.
os.environ["OMP_NUM_THREADS"] = "1"
# The hub's client finds no cache and no token of whoever runs the tests, and no real hub by mistake. Without its own
# protocol for large files it speaks plain HTTP.
os.environ["HF_HOME"] = os.path.join(os.path.dirname(__file__), "..", ".pytest_cache", "hub")
os.environ["HF_TOKEN"] = ""
os.environ["HF_ENDPOINT"] = "http://127.0.0.1:9"
os.environ["HF_HUB_DISABLE_XET"] = "1"
os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
os.environ["HF_HUB_DISABLE_PROGRESS_BARS"] = "1"

import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import huggingface_hub.constants as hub_constants
import huggingface_hub.file_download as hub_downloads
import huggingface_hub.utils._cache_assets as hub_assets
import huggingface_hub.utils._http as hub_http
import numpy as np
import pyarrow.ipc as ipc
import pyarrow.parquet as pq
import pytest

from scoring.answers.applicant import Plan
from scoring.applicants.store import ApplicantsFile, open_applicants
from scoring.arrays import Floats
from scoring.artifact.in_words import DEMO_SOURCE
from scoring.artifact.load import Artifact, load_artifact
from scoring.artifact.manifest import write_json
from scoring.artifact.population import PROBABILITY, Population, reference_level
from scoring.assessment.assessment import Assessment
from scoring.decision.cost_curve import curves_to_json
from scoring.decision.costs import AmountCosts, CostFunctions, cost_columns
from scoring.serving.service import Service, assess, recourse_of
from scoring.serving.settings import DEMO_APPLICANTS, DEMO_ARTIFACT
from tests.databases import new_database, shared_postgres
from tests.hub.server import Hub, running_hub
from tests.sealed import reseal
from tests.shared import made_once, shared_folder
from training.learn.threshold import cost_curves

GROUP_ROWS = 50
# Half a minute of the processor or more each.
LONGEST_FIRST = (
    *("test_cli", "test_engines", "test_train", "test_resume", "test_unusual_applicants", "test_interruption"),
    *("test_hub_page", "test_deploy", "test_entry_points_agree", "test_morning", "test_run", "test_model_tab"),
    *("test_screen", "test_spoiled_tables", "test_fidelity", "test_hub_commands", "test_retrain_loop"),
)
TESTS = Path(__file__).parent
REAL_SAMPLE = TESTS.parents[1] / "shared" / "data" / "home-credit-sample"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The files that take longest run first, those that take seconds last: no process waits minutes for the other."""
    items.sort(key=lambda item: _turn(item.path))


def _turn(file: Path) -> int:
    if file.stem in LONGEST_FIRST:
        return LONGEST_FIRST.index(file.stem)
    # Whatever starts an app or trains is elsewhere.
    quick = file.is_relative_to(TESTS / "scoring")
    return len(LONGEST_FIRST) + quick


@pytest.fixture(scope="session")
def artifact() -> Artifact:
    """The bundled artifact."""
    return load_artifact(DEMO_ARTIFACT, DEMO_SOURCE)


@pytest.fixture(scope="session")
def applicants(artifact: Artifact, tmp_path_factory: pytest.TempPathFactory) -> ApplicantsFile:
    """The bundled applicants, in small groups of an Arrow file: one is found in a tenth of the time."""
    path = tmp_path_factory.mktemp("applicants") / "applicants.arrow"
    table = pq.read_table(DEMO_APPLICANTS)
    with ipc.new_file(str(path), table.schema) as writer:
        writer.write_table(table, max_chunksize=GROUP_ROWS)
    return open_applicants(path, artifact.history_names)


@pytest.fixture(scope="session")
def reference_contributions(artifact: Artifact, tmp_path_factory: pytest.TempPathFactory) -> Floats:
    """The contributions of every feature of the bundled model for its reference applicants."""

    def make(path: Path) -> None:
        np.save(path, artifact.model.contributions(artifact.population.matrix)[1])

    return np.load(made_once(tmp_path_factory, "contributions.npy", make))


@pytest.fixture(scope="session")
def service(artifact: Artifact, applicants: ApplicantsFile) -> Service:
    """The bundled model, served."""
    return Service(artifact, applicants)


@pytest.fixture(scope="session")
def amount_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bundled model as an artifact that decides by amounts: its curve is counted on the reference applicants."""
    folder = tmp_path_factory.mktemp("amount") / "model"
    shutil.copytree(DEMO_ARTIFACT, folder)
    population = load_artifact(folder, "amount").population
    probabilities = population.frame[PROBABILITY].to_numpy()
    # Dear money and heavy losses: thresholds on both sides of many applicants' probabilities.
    costs = CostFunctions(amount=AmountCosts(lending_rate=0.15, loss_given_default=1.0), served="amount")
    curves = cost_curves(probabilities, population.outcomes, cost_columns(population.frame), costs)
    write_json(folder / "decision.json", curves_to_json(curves))
    base, mean = reference_level(
        load_artifact(DEMO_ARTIFACT, "demo").model, Population(population.frame, population.features, curves.rules()[0])
    )
    named = dict(zip((item.feature.name for item in population.features), mean.tolist(), strict=True))
    write_json(folder / "explanation.json", {"base": base, "just_accepted": 0, "mean_contributions": named})
    reseal(folder)
    return folder


@pytest.fixture(scope="session")
def amount_service(amount_folder: Path, applicants: ApplicantsFile) -> Service:
    """The bundled model deciding by amounts, served."""
    return Service(load_artifact(amount_folder, "amount"), applicants)


@pytest.fixture(scope="session")
def some_ids(applicants: ApplicantsFile) -> list[int]:
    """Sixty applicants spread over the file."""
    return applicants.ids[:: len(applicants) // 60].tolist()


@pytest.fixture(scope="session")
def history_plan(service: Service, applicants: ApplicantsFile) -> tuple[Assessment, Plan]:
    """An applicant who is not approved, and their plan that changes the loan and one thing about the credit history."""
    for number in applicants.ids.tolist():
        assessment = assess(service, number, {}, "en")
        if assessment.decision.outcome != "approve" and assessment.applicant.scenarios:
            for plan in recourse_of(service, assessment).plans:
                if plan.changes and len(plan.history) == 1:
                    return assessment, plan
    raise AssertionError("Nobody on file has such a plan.")


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    """A hub on loopback, empty; the client tries again without waiting."""
    hurried = SimpleNamespace(sleep=lambda seconds: None, time=time.time)
    monkeypatch.setattr(hub_http, "time", hurried)
    monkeypatch.setattr(hub_downloads, "time", hurried)
    with running_hub() as running:
        yield running


@pytest.fixture
def hub_home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Where this test alone caches what comes from the hub."""
    home = tmp_path / "hub-home"
    monkeypatch.setattr(hub_constants, "HF_HUB_CACHE", str(home / "hub"))
    monkeypatch.setattr(hub_assets, "HF_ASSETS_CACHE", str(home / "assets"))
    return home


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a PostgreSQL server on loopback."""
    with shared_postgres(shared_folder(tmp_path_factory)) as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a new, empty database: the test runs on each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'journal.db'}"
    return new_database(request.getfixturevalue("postgres"))


@pytest.fixture(scope="session")
def real_sample() -> Path:
    """The folder of real rows; its tests are skipped where it is absent."""
    if not REAL_SAMPLE.is_dir():
        pytest.skip("the shared sample of real rows is not on this machine")
    return REAL_SAMPLE
