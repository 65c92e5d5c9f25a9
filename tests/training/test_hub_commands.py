"""The commands as a maintainer types them, against a hub over HTTP."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from huggingface_hub import constants

from tests.training.tiny_artifacts import TINY, another_round, variant
from training.__main__ import main

ROOT = Path(__file__).parents[2]
NAME = "lender/credit"


@pytest.fixture
def run(hub, tmp_path):
    def ran(*words, token=hub.writer):
        settings = {"HF_ENDPOINT": hub.url, "HF_TOKEN": token, "HF_HOME": str(tmp_path / "home")}
        return subprocess.run(
            [sys.executable, "-m", "training", *map(str, words)],
            cwd=ROOT,
            env={**os.environ, **settings},
            capture_output=True,
            text=True,
            check=False,
        )

    return ran


def test_publish_list_differ_and_roll_back(run, hub, tmp_path):
    done = run("publish", TINY, "--repo", NAME, "--tag", "v1.0.0", "--private")
    assert done.returncode == 0, done.stderr
    assert "gate passed" in done.stdout
    assert done.stdout.splitlines()[-1] == f"commit {hub.repo(NAME).tags['v1.0.0']}"
    second = variant(tmp_path / "second", "second", change=another_round)
    stopped = run("publish", second, "--repo", NAME, "--tag", "v1.1.0")
    assert stopped.returncode == 2
    assert "16 of them defaulted, while a comparison needs 30" in stopped.stderr
    assert "Traceback" not in stopped.stderr
    forced = run("publish", second, "--repo", NAME, "--tag", "v1.1.0", "--force", "a test of the commands")
    assert "published because: a test of the commands" in forced.stdout
    listed = run("versions", "--repo", NAME).stdout
    assert [line.split()[1] for line in listed.splitlines() if line.startswith("->")] == ["v1.1.0"]
    assert "decisions that flip: 0 of 200" in run("diff", f"{NAME}@v1.0.0", second).stdout
    back = run("rollback", "--repo", NAME, "--to", "v1.0.0")
    assert "main serves v1.0.0 again" in back.stdout
    assert "WARNING" not in done.stderr + forced.stderr + back.stderr


def test_a_bound_on_groups_stops_a_version_and_says_which_groups(run, hub):
    bounds = ("--least-approval-ratio", "0.99", "--most-calibration-gap", "0.001", "--bounded", "CODE_GENDER")
    stopped = run("publish", TINY, "--repo", NAME, "--tag", "v1.0.0", *bounds)
    assert stopped.returncode == 2
    for name in ("approval ratio of groups", "calibration gap of groups"):
        assert f"FAILED  {name}: " in stopped.stderr
    assert "out of bounds: Gender: " in stopped.stderr
    assert not hub.repos


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("versions", "--repo", "lender/nothing"), "lender/nothing"),
        (("rollback", "--repo", "lender/nothing", "--to", "v1"), "lender/nothing"),
        (("diff", "nowhere", TINY), "ORG/NAME@TAG"),
        (("deploy", "--space", "lender/app", "--variable", "HF_TOKEN=x"), "NAME=VALUE"),
        (("publish", "nowhere", "--repo", NAME, "--tag", "v1"), "nowhere"),
        (("publish", TINY, "--repo", NAME, "--tag", "v1", "--bounded", "SHOE_SIZE"), "--bounded SHOE_SIZE"),
    ],
)
def test_an_error_is_one_line_that_says_what_to_do(hub, hub_home, words, told, monkeypatch, capsys):
    monkeypatch.setattr(constants, "ENDPOINT", hub.url)
    monkeypatch.setenv("HF_TOKEN", hub.writer)
    monkeypatch.setattr(sys, "argv", ["training", *map(str, words)])
    assert main() == 2
    said = capsys.readouterr().err
    assert said.startswith("error: ")
    assert told in said
    assert len(said.strip().splitlines()) == 1
