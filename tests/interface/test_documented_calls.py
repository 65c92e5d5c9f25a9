"""README and docs say what the API is: its endpoints and their inputs, what answers hold, what the examples print."""

import json
import re
import subprocess
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields, is_dataclass

import pytest
from gradio_client import Client

from scoring.answers.model import ModelDescription
from tests.documents import DOCUMENTS, ROOT, blocks, sessions, table

API = ROOT / "docs" / "api.md"
LOCAL = "http://127.0.0.1:7860"
CURLS = [code for kind, code in blocks(API) if kind == "shell"]
SESSIONS = [(document.name, *session) for document in DOCUMENTS for session in sessions(document)]


def documented():
    """Endpoint -> the inputs that the table names, in order."""
    shared: list[str] = []
    found = {}
    for name, inputs, _ in table(API, "| endpoint |"):
        named = re.findall(r"(\w+): ", inputs)
        if "the same" in inputs:
            named = shared + named
        elif "applicant_id" in named:
            shared = named
        found[name] = named
    return found


def test_the_endpoints_are_those_of_the_table(app_url):
    api = Client(app_url, verbose=False).view_api(return_format="dict")["named_endpoints"]
    served = {name: [part["parameter_name"] for part in endpoint["parameters"]] for name, endpoint in api.items()}
    assert served == documented()


def test_the_table_names_everything_that_the_model_answers():
    returned = next(returns for name, _, returns in table(API, "| endpoint |") if name == "/model")
    assert is_dataclass(ModelDescription)
    assert {part.name for part in fields(ModelDescription)} <= set(re.findall(r"\w+", returned))


@pytest.mark.parametrize(("document", "code", "shown"), SESSIONS, ids=[session[0] for session in SESSIONS])
def test_an_example_prints_what_is_shown(document, code, shown, app_url, capsys):
    assert LOCAL in code, document
    # In a thread of its own, where no browser's driver has an event loop.
    with ThreadPoolExecutor(1) as pool:
        pool.submit(exec, code.replace(LOCAL, app_url), {}).result()
    assert capsys.readouterr().out == shown


def test_readme_and_api_have_their_examples():
    assert [session[0] for session in SESSIONS] == ["README.md", *["api.md"] * 3]


@pytest.mark.parametrize(("code", "key"), list(zip(CURLS, ("data", "batch", "result"), strict=True)))
def test_an_example_with_curl_is_answered(code, key, app_url, tmp_path):
    header = "AMT_INCOME_TOTAL,AMT_CREDIT,AMT_ANNUITY,DAYS_BIRTH"
    (tmp_path / "applications.csv").write_text(f"{header}\n150000,333000,20000,-12000\n")
    command = ["bash", "-c", code.replace(LOCAL, app_url)]
    told = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, timeout=60, check=True).stdout
    assert key in json.loads(told), told
