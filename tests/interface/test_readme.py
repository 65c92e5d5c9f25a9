"""The README says what is so: its front matter, commands, endpoints, and the answer that it prints."""

import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest
from gradio_client import Client

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```(\w+)\n(.*?)```", README, re.DOTALL)
COMMANDS = [line for kind, block in BLOCKS if kind == "bash" for line in block.splitlines()]


def front_matter():
    return dict(re.findall(r'^(\w+): "?(.*?)"?$', README.split("---")[1], re.MULTILINE))


def test_the_space_runs_what_is_pinned():
    front = front_matter()
    assert f"gradio=={front['sdk_version']}" in (ROOT / "requirements.txt").read_text().splitlines()
    assert front["sdk"] == "gradio"
    assert (ROOT / front["app_file"]).is_file()
    assert f'requires-python = ">={front["python_version"]}"' in (ROOT / "pyproject.toml").read_text()


def test_links_and_pictures_lead_somewhere():
    for target in re.findall(r"\]\(([^)#]+)\)", README):
        assert (ROOT / target).exists(), target


def test_make_has_every_target_named():
    targets = set(re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"`?make (run|test|check|demo|benchmark)\b", README)) <= targets
    assert {"run", "test", "demo", "benchmark"} <= targets


@cache
def options_of(module: str, verb: str) -> str:
    """What a command says of its options."""
    environment = {"COLUMNS": "200", "NO_COLOR": "1", "PATH": ""}
    asked = [sys.executable, "-m", module, verb, "--help"]
    return subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, env=environment, check=True).stdout


@pytest.mark.parametrize("command", [line for line in COMMANDS if "python -m" in line])
def test_every_command_has_the_options_shown(command):
    told = options_of(*re.search(r"python -m (\w+) (\w+)", command).groups())
    for option in re.findall(r"--[\w-]+", command):
        assert option in told, option


def documented():
    """Endpoint -> the inputs that the README's table names, in order."""
    rows = re.findall(r"^\| `(/\w+)` \| (.*?) \|", README, re.MULTILINE)
    shared: list[str] = []
    found = {}
    for name, inputs in rows:
        named = re.findall(r"(\w+): ", inputs)
        if "the same" in inputs:
            named = shared + named
        elif "applicant_id" in named:
            shared = named
        found[name] = named
    return found


def test_the_endpoints_are_those_of_the_table(app_url):
    api = Client(app_url, verbose=False).view_api(return_format="dict")["named_endpoints"]
    served = {name: [part["parameter_name"] for part in door["parameters"]] for name, door in api.items()}
    assert served == documented()


def test_the_example_prints_what_the_readme_shows(app_url, capsys):
    example = next(block for kind, block in BLOCKS if kind == "python")
    shown = next(block for kind, block in BLOCKS if kind == "text")
    exec(example.replace("http://127.0.0.1:7860", app_url), {})
    assert capsys.readouterr().out == shown
