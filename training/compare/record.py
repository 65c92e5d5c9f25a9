"""The state of a comparison in its folder, from which it can be resumed: settings, studies, finished results."""

from __future__ import annotations

import fcntl
import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from scoring.arrays import Floats
from scoring.artifact.manifest import write_json
from scoring.decision.costs import RatioCosts
from scoring.errors import TrainingError
from scoring.files import complete_or_absent
from scoring.schema.features import application_features
from training.compare.combination import Combination, Strategy
from training.compare.cut import Cut
from training.compare.models import Budget
from training.compare.search import Found
from training.dataset.dataset import fingerprint
from training.lender.history import FEATURES

SETTINGS, STUDIES, RESULTS, NATIVE_MODELS = "settings.json", "study.db", "results", "models"
LIBRARIES = ("imbalanced-learn", "lightgbm", "optuna", "scikit-learn", "xgboost-cpu")


@dataclass(frozen=True)
class Finished:
    """A finished combination.

    `out_of_fold` holds out-of-fold probabilities of the training rows, `test` probabilities of the test set.
    `training_seconds` is for one fit of the whole pipeline, `scoring_seconds` for one pass over the test set; both are
    processor time of one thread, so that other work on the machine does not count. `artifact` is the file of the native
    model, if there is one.
    """

    combination: Combination
    found: Found
    rule: Cut
    out_of_fold: Floats
    test: Floats
    training_seconds: float
    scoring_seconds: float
    artifact: str | None


def settings_of(data: Path, budget: Budget, seed: int) -> dict[str, Any]:
    """Everything that results depend on.

    Raises:
        TableError: the folder holds no usable set of tables.
    """
    names = [feature.name for feature in (*application_features(), *FEATURES)]
    return {
        "data_fingerprint": fingerprint(data),
        "features": hashlib.sha256("\n".join(names).encode()).hexdigest(),
        "seed": seed,
        **asdict(budget),
        "libraries": {name: version(name) for name in LIBRARIES},
    }


def open_folder(out: Path, settings: dict[str, Any]) -> None:
    """Creates a folder, or checks that its content was computed under the same settings.

    Raises:
        TrainingError: the folder holds a comparison under other settings, or something else.
    """
    path = out / SETTINGS
    if path.is_file():
        _check_same(out, json.loads(path.read_text(encoding="utf-8")), settings)
    elif out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise TrainingError(f"--out {out}: exists and holds no comparison. Name a new folder, or empty this one.")
    for folder in (out, out / RESULTS, out / NATIVE_MODELS):
        folder.mkdir(parents=True, exist_ok=True)
    with complete_or_absent(path) as partial:
        write_json(partial, settings)


def _check_same(out: Path, before: dict[str, Any], now: dict[str, Any]) -> None:
    different = [
        f"{name} {before.get(name)} is now {value}" for name, value in now.items() if before.get(name) != value
    ]
    if different:
        raise TrainingError(
            f"--out {out}: holds a comparison under other settings ({'; '.join(different)}). "
            "Name a new folder, or run the command with the settings that began it."
        )


@contextmanager
def claimed(out: Path, combination: Combination) -> Iterator[None]:
    """Locks a combination for this process, waiting for any process that an interrupted command left running.

    The operating system releases the lock when the process ends, however it ends.
    """
    with (out / RESULTS / f".{combination.slug}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def save(out: Path, finished: Finished) -> None:
    """Writes a finished combination, atomically."""
    content = {
        **asdict(finished),
        "out_of_fold": finished.out_of_fold.tolist(),
        "test": finished.test.tolist(),
    }
    with complete_or_absent(_path(out, finished.combination)) as partial:
        partial.write_text(json.dumps(content, allow_nan=False), encoding="utf-8")


def load(out: Path, combination: Combination) -> Finished | None:
    """Reads a finished combination; None if it is not finished."""
    path = _path(out, combination)
    if not path.is_file():
        return None
    content = json.loads(path.read_text(encoding="utf-8"))
    rule = content.pop("rule")
    return Finished(
        **{
            **content,
            "combination": Combination(combination.model, Strategy(combination.strategy)),
            "found": Found(**content["found"]),
            "rule": Cut(RatioCosts(**rule.pop("costs")), **rule),
            "out_of_fold": np.array(content["out_of_fold"]),
            "test": np.array(content["test"]),
        }
    )


def _path(out: Path, combination: Combination) -> Path:
    return out / RESULTS / f"{combination.slug}.json"
