"""Expensive, read-only test data, made once for all test processes."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from filelock import FileLock


def shared_folder(factory: pytest.TempPathFactory) -> Path:
    """The session's folder, shared by all its processes."""
    base = factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "shared"
    folder.mkdir(exist_ok=True)
    return folder


def worker_number() -> int:
    """Which of the session's test processes this is, from 0."""
    return int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))


def made_once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], object]) -> Path:
    """A file or folder of the session; the first process that needs it writes it with `make`."""
    path = shared_folder(factory) / name
    made = path.with_name(f"{name}.made")
    with FileLock(f"{path}.lock"):
        if not made.exists():
            make(path)
            made.touch()
    return path
