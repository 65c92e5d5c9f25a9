import json
import os
import posixpath
import subprocess
import time

import httpx
import pytest

from scoring.errors import DeployError, HubError, ScoringError
from scoring.serving.settings import ROOT
from tests.documents import relative_links
from tests.ports import free_port
from training.deploy import deploy as deploy_module
from training.deploy.clean_environment import TRAINING_ONLY, check_starts, clean_environment
from training.deploy.deploy import Deployment, copy_files, deploy, space_files, variables_from

SPACE = "lender/decisions"
PATIENCE = 90


@pytest.fixture(scope="module")
def python(tmp_path_factory):
    """The Python of an environment with nothing but requirements.txt."""
    return clean_environment(ROOT / "requirements.txt", tmp_path_factory.mktemp("clean") / "environment")


@pytest.fixture
def space(tmp_path):
    """The Space's files as it will have them, with the bundled model."""
    return copy_files(space_files({}), tmp_path / "space")


@pytest.fixture
def checked(monkeypatch):
    """Deploys that pass the check without making its environment."""
    monkeypatch.setattr(deploy_module, "clean_environment", lambda *_: None)
    monkeypatch.setattr(deploy_module, "check_starts", lambda *_: None)


def test_the_app_starts_and_serves_where_nothing_of_training_is_importable(python, space, monkeypatch):
    # What this process has set would help: neither the project's folder nor an artifact may come from there.
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    check_starts(python, space, {})
    port = free_port()
    environment = {**os.environ, "GRADIO_SERVER_PORT": str(port), "PYTHONPATH": ""}
    process = subprocess.Popen([python, "app.py"], cwd=space, env=environment, stdout=subprocess.DEVNULL)
    try:
        assert json.loads(first_answer(f"http://127.0.0.1:{port}/gradio_api/call"))[0]["synthetic"] is True
    finally:
        process.terminate()
        process.wait()


def first_answer(address):
    """What /model answers, once the app listens."""
    start = time.monotonic()
    while time.monotonic() - start < PATIENCE:
        try:
            event = httpx.post(f"{address}/model", json={"data": []}).json()["event_id"]
        except httpx.TransportError:
            time.sleep(0.3)
        else:
            lines = httpx.get(f"{address}/model/{event}", timeout=PATIENCE).text.splitlines()
            return next(line for line in lines if line.startswith("data: ")).removeprefix("data: ")
    raise TimeoutError


@pytest.mark.parametrize("line", ["import duckdb", "import training", "raise ValueError('no model')"])
def test_an_app_that_needs_training_or_does_not_start_is_refused(python, space, line):
    (space / "app.py").write_text(f"{line}\n")
    with pytest.raises(DeployError, match=r"duckdb|training|no model"):
        check_starts(python, space, {})


def test_an_environment_that_holds_something_of_training_is_refused(python, space):
    (space / "training").mkdir()
    with pytest.raises(DeployError, match="importable there: training"):
        check_starts(python, space, {})


def test_the_app_is_checked_with_the_spaces_variables(python, space):
    with pytest.raises(DeployError, match="COST_RATIO"):
        check_starts(python, space, {"COST_RATIO": "much"})


def test_a_model_that_cannot_be_loaded_from_the_hub_is_refused(python, space, hub, tmp_path, monkeypatch):
    for name, value in {"HF_ENDPOINT": hub.url, "HF_TOKEN": hub.reader, "HF_HOME": str(tmp_path / "home")}.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(DeployError, match="lender/nothing: no model repo"):
        check_starts(python, space, {"MODEL_REPO": "lender/nothing", "ALLOW_ANONYMOUS": "1"})


def test_a_model_for_anybody_without_sign_in_is_refused_unless_that_is_wanted(python, space, monkeypatch):
    # What this process allows does not count: the Space has its own variables.
    monkeypatch.setenv("ALLOW_ANONYMOUS", "1")
    with pytest.raises(DeployError, match="Set AUTH=password"):
        check_starts(python, space, {"MODEL_REPO": "lender/credit"})


def test_requirements_that_cannot_be_installed_are_reported(tmp_path):
    (tmp_path / "requirements.txt").write_text("credit-scoring-no-such-package==0.0.0 ; python_version < 'x\n")
    with pytest.raises(DeployError, match="cannot be installed"):
        clean_environment(tmp_path / "requirements.txt", tmp_path / "environment")


def test_every_library_that_only_training_installs_is_looked_for():
    serving, training = (
        {line.split("==")[0].split("[")[0] for line in (ROOT / name).read_text().splitlines() if "==" in line}
        for name in ("requirements.txt", "requirements-training.txt")
    )
    modules = {
        "charset-normalizer": "charset_normalizer",
        "ibis-framework": "ibis",
        "imbalanced-learn": "imblearn",
        "scikit-learn": "sklearn",
        "xgboost-cpu": "xgboost",
    }
    # lightgbm brings scipy, gradio brings typer.
    brought = {"scipy", "typer"}
    assert {modules.get(name, name) for name in training - serving} - brought <= set(TRAINING_ONLY)


def test_exactly_what_the_space_needs_is_deployed():
    files = set(space_files({}))
    assert {"app.py", "README.md", "requirements.txt", "packages.txt", "scoring/lender/fields.csv"} <= files
    assert {name.split("/")[0] for name in files} == {
        "app.py",
        "README.md",
        "CHANGELOG.md",
        "CONTRIBUTING.md",
        "LICENSE",
        "docs",
        "requirements.txt",
        "packages.txt",
        "scoring",
        "artifacts",
    }


def test_every_link_of_what_is_deployed_to_read_holds_there():
    files = space_files({"MODEL_REPO": "lender/credit"})
    pages = [name for name in files if name.endswith(".md")]
    links = [(page, link) for page in pages for link in relative_links(ROOT / page)]
    leads = {(page, link): posixpath.normpath(posixpath.join(posixpath.dirname(page), link)) for page, link in links}
    assert [where for where, target in leads.items() if target not in files] == []
    assert len(links) > 20


def test_the_bundled_model_is_left_out_where_another_is_configured():
    assert not [name for name in space_files({"MODEL_REPO": "lender/credit"}) if name.startswith("artifacts")]


@pytest.mark.usefixtures("checked")
def test_files_are_one_commit_and_variables_are_set(hub, api):
    done = deploy(api, Deployment(SPACE, {"MODEL_REPO": "lender/credit", "MODEL_REVISION": "v1"}))
    repo = hub.repo(SPACE, "space")
    assert [commit.oid for commit in repo.history("main")][:-1] == [done.commit]
    assert set(repo.resolve("main").files) - {".gitattributes"} == set(space_files({"MODEL_REPO": "lender/credit"}))
    assert repo.variables == {"MODEL_REPO": "lender/credit", "MODEL_REVISION": "v1"}
    assert repo.sdk == "gradio"


@pytest.mark.usefixtures("checked")
def test_deploying_again_changes_files_and_variables_to_what_is_wanted(hub, api):
    deploy(api, Deployment(SPACE, {"MODEL_REPO": "lender/credit", "COST_RATIO": "7"}))
    repo = hub.repo(SPACE, "space")
    repo.commit({"old.py": b"gone", "app.py": b"edited"})
    repo.variables["THEIRS"] = "kept"
    before = len(hub.requests)
    deploy(api, Deployment(SPACE, {"MODEL_REPO": "lender/credit"}))
    assert "old.py" not in repo.resolve("main").files
    assert repo.resolve("main").files["app.py"].content == (ROOT / "app.py").read_bytes()
    assert repo.variables == {"MODEL_REPO": "lender/credit", "THEIRS": "kept"}
    # A change of a variable restarts the Space: what is right already is not sent.
    assert not [asked for asked in hub.requests[before:] if asked.startswith("POST") and asked.endswith("/variables")]


def test_nothing_is_deployed_where_the_check_fails(hub, api, monkeypatch):
    def fail(*_):
        raise DeployError("does not start")

    monkeypatch.setattr(deploy_module, "clean_environment", lambda *_: None)
    monkeypatch.setattr(deploy_module, "check_starts", fail)
    with pytest.raises(DeployError):
        deploy(api, Deployment(SPACE))
    assert hub.requests == []


@pytest.mark.usefixtures("checked")
@pytest.mark.parametrize(
    "point", ["GET /api/spaces", "DELETE .*/variables", "POST .*/preupload/", "PUT /lfs/", "POST .*/commit/"]
)
def test_a_deploy_that_fails_leaves_the_deployed_files_and_can_be_done_again(hub, api, point, monkeypatch):
    monkeypatch.setattr("huggingface_hub.utils._http.time.sleep", lambda _: None)
    deploy(api, Deployment(SPACE, {"MODEL_REPO": "lender/credit"}))
    repo = hub.repo(SPACE, "space")
    before = repo.commit({"app.py": b"older"})
    with hub.failing("refuse", point), pytest.raises(HubError):
        deploy(api, Deployment(SPACE))
    assert repo.branches["main"] == before
    deploy(api, Deployment(SPACE))
    assert repo.resolve("main").files["app.py"].content == (ROOT / "app.py").read_bytes()


@pytest.mark.parametrize("words", [["MODEL_REPO"], ["MODEL_REPO="], ["HF_TOKEN=secret"], ["=x"]])
def test_a_variable_that_the_app_does_not_read_is_refused(words):
    with pytest.raises(DeployError, match="NAME=VALUE"):
        variables_from(words)


def test_a_value_may_hold_an_equals_sign():
    assert variables_from(["MODEL_REPO=a/b", "APPLICANTS=x=y"]) == {"MODEL_REPO": "a/b", "APPLICANTS": "x=y"}


def test_errors_of_a_deploy_are_the_products_own():
    assert issubclass(DeployError, ScoringError)
