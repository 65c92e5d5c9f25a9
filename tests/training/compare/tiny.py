"""The smallest comparison that goes all the way: what the tests of this folder run, and the interrupted one resumes."""

from __future__ import annotations

import sys
from pathlib import Path

from training.compare.models import Budget
from training.compare.run import compare

BUDGET = Budget(trials=2, folds=2, features=15, rounds=8, trees=8)
SEED = 3

if __name__ == "__main__":
    data, out, jobs = sys.argv[1:]
    compare(Path(data), Path(out), BUDGET, SEED, int(jobs))
