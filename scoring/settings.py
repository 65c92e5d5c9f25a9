"""What the app is told from outside, in one place: environment variables and their defaults."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from scoring.costs import COST_FUNCTIONS, CostFunction
from scoring.errors import InvalidInputError

ROOT = Path(__file__).parent.parent
DEMO_ARTIFACT = ROOT / "artifacts" / "demo"
DEMO_APPLICANTS = ROOT / "artifacts" / "demo-applicants.parquet"
DEMO_SOURCE = "bundled demo"


@dataclass(frozen=True)
class Settings:
    """Where the served model and the applicants on file are, and which costs decide.

    The bundled demo stands in for nothing: with an artifact of one's own the demo's applicants are not served. A cost
    function or ratio that is not given (None) is the one that the model was trained for.
    """

    artifact: Path
    applicants: Path | None
    source: str
    cost_function: CostFunction | None = None
    cost_ratio: float | None = None


def read_settings(environment: Mapping[str, str] = os.environ) -> Settings:
    """The settings of this process.

    ARTIFACT: folder of the model to serve (default: the bundled demo).
    APPLICANTS: Parquet file of the applicants on file (default: the demo's, with the demo model only).
    COST_FUNCTION: "ratio" or "amount" (default: the one that the model was trained for).
    COST_RATIO: how many wrongful refusals one wrongful approval is worth (default: the model's own).

    Raises:
        InvalidInputError: COST_FUNCTION or COST_RATIO is none that is allowed.
    """
    artifact, applicants = environment.get("ARTIFACT"), environment.get("APPLICANTS")
    costs = _cost_function(environment.get("COST_FUNCTION")), _cost_ratio(environment.get("COST_RATIO"))
    if artifact:
        return Settings(Path(artifact), Path(applicants) if applicants else None, Path(artifact).name, *costs)
    return Settings(DEMO_ARTIFACT, Path(applicants) if applicants else DEMO_APPLICANTS, DEMO_SOURCE, *costs)


def _cost_function(given: str | None) -> CostFunction | None:
    if given and given not in COST_FUNCTIONS:
        raise InvalidInputError(f"COST_FUNCTION={given!r} is not allowed. Set one of: {', '.join(COST_FUNCTIONS)}.")
    return given or None


def _cost_ratio(given: str | None) -> float | None:
    try:
        return float(given) if given else None
    except ValueError:
        raise InvalidInputError(f"COST_RATIO={given!r} is not a number. Set for instance COST_RATIO=10.") from None
