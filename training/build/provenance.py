"""The provenance of an artifact: data, code, libraries, time."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.metadata import version as library_version
from pathlib import Path
from typing import Any

from scoring import __version__
from scoring.checks.findings import LeftOut
from scoring.schema.definition import field_table_digest
from training.dataset.dataset import fingerprint
from training.lender.synthetic.synthesize import MARKER

LIBRARIES = ("duckdb", "ibis-framework", "lightgbm", "numpy", "pandas", "pyarrow", "scikit-learn")
FINGERPRINT_SHOWN = 8


def _git(*arguments: str) -> str | None:
    ran = subprocess.run(["git", *arguments], cwd=Path(__file__).parent, capture_output=True, text=True, check=False)
    return ran.stdout.strip() if ran.returncode == 0 else None


def code_commit() -> str:
    """The commit of the training code; "+changes" if the work tree differs from it; "unknown" outside a checkout."""
    commit = _git("rev-parse", "HEAD")
    if commit is None:
        return "unknown"
    return commit + ("+changes" if _git("status", "--porcelain", "--untracked-files=no") else "")


def provenance(
    data: Path, version: str | None, seed: int, left_out: Mapping[str, LeftOut] | None = None
) -> dict[str, Any]:
    """The manifest's entries on data, code, libraries and time; `left_out` counts rows in quarantine by table."""
    print_of_data = fingerprint(data)
    now = datetime.now(UTC)
    return {
        "version": version or f"{now:%Y.%m.%d}-{print_of_data[:FINGERPRINT_SHOWN]}",
        "created": now.isoformat(timespec="seconds"),
        "synthetic": (data / MARKER).is_file(),
        "data_fingerprint": print_of_data,
        "field_table": field_table_digest(),
        "left_out": {name: asdict(counts) for name, counts in (left_out or {}).items()},
        "seed": seed,
        "code_version": __version__,
        "code_commit": code_commit(),
        "libraries": {name: library_version(name) for name in LIBRARIES},
    }
