"""What takes long to make and is only read: made once for all test processes."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from filelock import FileLock


def shared_folder(factory: pytest.TempPathFactory) -> Path:
    """A folder of the session that all its processes see."""
    base = factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "shared"
    folder.mkdir(exist_ok=True)
    return folder


def made_once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], object]) -> Path:
    """A file or folder of the session, which `make` writes where the first process needs it."""
    path = shared_folder(factory) / name
    with FileLock(f"{path}.lock"):
        if not path.exists():
            partial = path.with_name(f"partial-{name}")
            make(partial)
            partial.rename(path)
    return path
