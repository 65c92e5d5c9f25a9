"""Commands that are stopped, or run out of disk space, in subprocesses."""

from __future__ import annotations

import os
import resource
import shutil
import signal
import subprocess
import sys
from functools import partial
from pathlib import Path
from time import monotonic, sleep

import pytest

from scoring.artifact.load import load_artifact
from scoring.serving.settings import DEMO_APPLICANTS, DEMO_ARTIFACT, ROOT
from training.lender.synthetic.synthesize import synthesize

PATIENCE = 60
ROOM = 20_000


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tables")
    synthesize(1_000, 1, folder, progress=False)
    return folder


@pytest.fixture(scope="module")
def more_tables(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Enough defaults to train on."""
    folder = tmp_path_factory.mktemp("more-tables")
    synthesize(1_500, 1, folder, progress=False)
    return folder


def start(scratch: Path, *words: object, room: int = resource.RLIM_INFINITY) -> subprocess.Popen[str]:
    """A command whose temporary files go to `scratch` and none of whose files may grow beyond `room` bytes."""
    scratch.mkdir()
    return subprocess.Popen(
        [sys.executable, "-m", *map(str, words)],
        cwd=ROOT,
        env=os.environ | {"TMPDIR": str(scratch)},
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        preexec_fn=partial(_limit, room),
    )


def _limit(room: int) -> None:
    """No larger files; and Ctrl-C is heard, which a shell switches off for what it runs in the background."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, resource.RLIM_INFINITY))
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def wait_for(folder: Path, pattern: str, process: subprocess.Popen[str]) -> None:
    """Until there is a file of that kind, while the command runs."""
    begun = monotonic()
    while not any(folder.glob(pattern)):
        assert process.poll() is None, process.stderr and process.stderr.read()
        assert monotonic() - begun < PATIENCE
        sleep(0.005)


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGKILL])
@pytest.mark.parametrize("command", ["features", "applicants"])
def test_stopped_run_leaves_what_was_there(tables: Path, tmp_path: Path, command: str, stop: signal.Signals) -> None:
    out, scratch = tmp_path / "out.parquet", tmp_path / "scratch"
    out.write_bytes(b"yesterday's")
    process = start(scratch, "training", command, "--data", tables, "--out", out)
    wait_for(tmp_path, ".out.parquet.partial", process)
    # Not the moment in which the folder is made: Python knows of it only a little later.
    wait_for(scratch, "applicants-*/*", process)
    process.send_signal(stop)
    process.communicate(timeout=PATIENCE)
    assert process.returncode != 0
    assert out.read_bytes() == b"yesterday's"
    if stop is signal.SIGINT:
        assert {path.name for path in tmp_path.iterdir()} == {"out.parquet", "scratch"}
        assert not list(scratch.iterdir())


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGKILL])
def test_stopped_training_leaves_the_artifact_that_was_there(
    more_tables: Path, tmp_path: Path, stop: signal.Signals
) -> None:
    out = shutil.copytree(DEMO_ARTIFACT, tmp_path / "model")
    process = start(tmp_path / "scratch", "training", "train", "--data", more_tables, "--out", out)
    assert process.stderr
    assert process.stderr.read(1), "no progress was told"
    process.send_signal(stop)
    process.communicate(timeout=PATIENCE)
    assert process.returncode != 0
    assert {path.name for path in tmp_path.iterdir()} == {"model", "scratch"}
    assert load_artifact(out, "test").identity == load_artifact(DEMO_ARTIFACT, "test").identity


@pytest.mark.parametrize(
    "words",
    [
        ("training", "features", "--data", "TABLES"),
        ("training", "train", "--data", "TABLES"),
        ("training", "compare", "--data", "TABLES"),
        ("training", "applicants", "--data", "TABLES"),
        ("training", "synthesize", "--applicants", 1_000),
        ("scoring", "batch", "--artifact", DEMO_ARTIFACT, "--applicants", DEMO_APPLICANTS, "--no-reasons"),
    ],
    ids=lambda words: words[1],
)
def test_no_room_is_said_on_one_line(tables: Path, tmp_path: Path, words: tuple[object, ...]) -> None:
    out = tmp_path / "out.parquet"
    given = [tables if word == "TABLES" else word for word in words]
    process = start(tmp_path / "scratch", *given, "--out", out, room=ROOM)
    _, told = process.communicate(timeout=PATIENCE)
    assert process.returncode == 2, told
    last = told.replace("\r", "\n").strip().splitlines()[-1]
    assert last.startswith("error: ")
    assert "disk" in last
    assert "Traceback" not in told
    assert not out.is_file()
