"""What the app is told from outside, in one place: environment variables and their defaults."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
DEMO_ARTIFACT = ROOT / "artifacts" / "demo"
DEMO_APPLICANTS = ROOT / "artifacts" / "demo-applicants.parquet"
DEMO_SOURCE = "bundled demo"


@dataclass(frozen=True)
class Settings:
    """Where the served model and the applicants on file are.

    The bundled demo stands in for nothing: with an artifact of one's own the demo's applicants are not served.
    """

    artifact: Path
    applicants: Path | None
    source: str


def read_settings(environment: Mapping[str, str] = os.environ) -> Settings:
    """The settings of this process.

    ARTIFACT: folder of the model to serve (default: the bundled demo).
    APPLICANTS: Parquet file of the applicants on file (default: the demo's, with the demo model only).
    """
    artifact, applicants = environment.get("ARTIFACT"), environment.get("APPLICANTS")
    if artifact:
        return Settings(Path(artifact), Path(applicants) if applicants else None, Path(artifact).name)
    return Settings(DEMO_ARTIFACT, Path(applicants) if applicants else DEMO_APPLICANTS, DEMO_SOURCE)
