"""A killed comparison resumes where it stopped, and gives the result of an uninterrupted one."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import optuna
import pandas as pd
import pytest

from tests.training.compare.tiny import BUDGET
from training.compare.record import RESULTS, STUDIES
from training.compare.search import DONE

ROOT = Path(__file__).parents[3]
TIMES = ["training_seconds", "scoring_seconds_per_1000"]
PATIENCE = 300


@pytest.fixture
def begin(tables, tmp_path):
    """Starts the comparison in a process of its own, as a leader of its group."""

    def start(jobs):
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
        environment.pop("MLFLOW_TRACKING_URI", None)
        words = [sys.executable, "-m", "tests.training.compare.tiny", str(tables), str(tmp_path / "out"), str(jobs)]
        return subprocess.Popen(words, cwd=tmp_path, env=environment, stderr=subprocess.PIPE, text=True)

    return start


def results(out: Path) -> dict[Path, int]:
    return {path: path.stat().st_mtime_ns for path in (out / RESULTS).glob("[!.]*.json")}


def wait_for(process, condition):
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert process.poll() is None, process.stderr.read()
        assert time.monotonic() < deadline
        time.sleep(0.02)


def trials(out: Path, states) -> list[optuna.trial.FrozenTrial]:
    storage = f"sqlite:///{out / STUDIES}"
    return [
        trial
        for study in optuna.get_all_study_names(storage)
        for trial in optuna.load_study(study_name=study, storage=storage).get_trials(states=states)
    ]


def test_a_killed_comparison_goes_on_where_it_stopped(begin, compared, tmp_path):
    out = tmp_path / "out"
    killed = begin(jobs=1)
    wait_for(killed, lambda: len(results(out)) >= 2)
    # Inside a search: between two trials of one study, or in the middle of one.
    finished_trials = len(trials(out, DONE))
    wait_for(killed, lambda: len(trials(out, DONE)) > finished_trials)
    killed.send_signal(signal.SIGKILL)
    killed.wait()
    before = results(out)
    done_before = {trial.datetime_complete for trial in trials(out, DONE)}
    assert not (out / "comparison.csv").exists()

    resumed = begin(jobs=2)
    _, told = resumed.communicate(timeout=PATIENCE)
    assert resumed.returncode == 0, told
    assert before.items() <= results(out).items()
    assert done_before <= {trial.datetime_complete for trial in trials(out, DONE)}
    assert len(trials(out, DONE)) == 20 * BUDGET.trials
    pd.testing.assert_frame_equal(
        pd.read_csv(out / "comparison.csv").drop(columns=TIMES),
        pd.read_csv(compared.out / "comparison.csv").drop(columns=TIMES),
    )
    assert not list(out.rglob("*.partial"))


def test_a_process_ended_from_outside_is_reported_with_the_remedy(begin, tmp_path):
    started = begin(jobs=2)
    wait_for(started, lambda: list((tmp_path / "out" / RESULTS).glob(".*.lock")))
    os.kill(worker_of(started), signal.SIGTERM)
    _, told = started.communicate(timeout=PATIENCE)
    assert started.returncode == 1
    assert "TrainingError: A process of the comparison was ended from outside" in told
    assert "--jobs 1" in told


def worker_of(process) -> int:
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    return next(int(child) for child in children if b"LokyProcess" in Path(f"/proc/{child}/cmdline").read_bytes())
