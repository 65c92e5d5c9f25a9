"""`/drift` of the running app."""

import runpy
import shutil

import httpx
import pytest

from scoring.drift.report import PAGE, REPORT
from scoring.serving.settings import DEMO_ARTIFACT, DEMO_DRIFT
from tests.interface.conftest import PLAIN, ROOT
from tests.training.tiny_artifacts import TINY

LONGEST = 30


def test_the_bundled_report_is_in_the_requested_language(app_url):
    english, french = (
        httpx.get(f"{app_url}/drift", params={"language": spoken}, timeout=LONGEST).text for spoken in ("en", "fr")
    )
    assert "Have the applicants changed?" in english
    assert "Les demandeurs ont-ils changé" in french
    assert httpx.get(f"{app_url}/drift", timeout=LONGEST).text == english


def test_a_page_of_evidently_is_served_whole_in_a_sandbox(run_app, tmp_path):
    shutil.copy(DEMO_DRIFT / REPORT, tmp_path / REPORT)
    (tmp_path / PAGE).write_text("<p>whole</p>")
    with run_app(tmp_path / "log", ARTIFACT=str(DEMO_ARTIFACT), DRIFT_REPORT=str(tmp_path)) as url:
        answer = httpx.get(f"{url}/drift", timeout=LONGEST)
    assert answer.text == "<p>whole</p>"
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("sandbox allow-scripts; default-src 'none';")
    assert "http" not in policy


def test_without_a_report_it_is_said_how_to_make_one(run_app, tmp_path):
    with run_app(tmp_path / "log", ARTIFACT=str(TINY)) as url:
        answer = httpx.get(f"{url}/drift", timeout=LONGEST)
    assert answer.status_code == 404
    assert "python -m training drift" in answer.text


def test_a_report_that_cannot_be_read_stops_the_start_with_a_line(tmp_path, monkeypatch):
    journal = f"sqlite:///{tmp_path / 'journal.db'}"
    for name, value in {**PLAIN, "JOURNAL_URL": journal, "DRIFT_REPORT": str(tmp_path)}.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SystemExit, match=r"^The app cannot start\. .*there is no drift report"):
        runpy.run_path(str(ROOT / "app.py"), run_name="__main__")
