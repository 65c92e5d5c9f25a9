"""The smallest complete comparison, which the tests of this folder run, interrupt and resume."""

from __future__ import annotations

import sys
from pathlib import Path

from training.compare import run
from training.compare.models import Budget

BUDGET = Budget(trials=2, folds=2, features=15, rounds=8, trees=8)
SEED = 3

if __name__ == "__main__":
    data, out, jobs = sys.argv[1:]
    # Half of the time goes into MLflow's curves, which the uninterrupted comparison logs.
    run.track = lambda *_: None
    run.compare(Path(data), Path(out), BUDGET, SEED, int(jobs))
