"""The settings of the app, in one place: environment variables and their defaults."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from scoring.artifact.in_words import DEMO_SOURCE
from scoring.decision.costs import COST_FUNCTIONS, CostFunction
from scoring.errors import InvalidInputError

ROOT = Path(__file__).parents[2]
DEMO_ARTIFACT = ROOT / "artifacts" / "demo"
DEMO_APPLICANTS = ROOT / "artifacts" / "demo-applicants.parquet"
DEMO_DRIFT = ROOT / "artifacts" / "demo-drift"
DEFAULT_REVISION = "main"
# ORG/NAME, for applicants optionally @REVISION: a repo on the hub rather than a local file.
REPO = re.compile(r"[\w-][\w.-]*/[\w-][\w.-]*")
APPLICANTS_REPO = re.compile(rf"({REPO.pattern})(?:@(\S+))?")


@dataclass(frozen=True)
class HubPlace:
    """A repo on the hub at a tag, branch or commit."""

    repo: str
    revision: str
    kind: Literal["model", "dataset", "space"]

    def __str__(self) -> str:
        return f"{self.repo}@{self.revision}"


@dataclass(frozen=True)
class Settings:
    """Where the served model and the applicants on file are, and which costs decide.

    The bundled demo is never a fallback: with another artifact, the demo's applicants are not served. A cost function
    or ratio of None is the one that the model was trained for; an endpoint or token of None is the hub client's own
    default; without `refresh_minutes` there is no check for newer versions. `drift_report`
    is the folder of a drift report (see `scoring.drift.report`).
    """

    artifact: Path | HubPlace
    applicants: Path | HubPlace | None
    source: str
    cost_function: CostFunction | None = None
    cost_ratio: float | None = None
    endpoint: str | None = None
    token: str | None = field(default=None, repr=False)
    refresh_minutes: float | None = None
    drift_report: Path | None = None

    @property
    def hub_places(self) -> list[HubPlace]:
        """The locations on the hub."""
        return [place for place in (self.artifact, self.applicants) if isinstance(place, HubPlace)]


def read_settings(environment: Mapping[str, str] = os.environ) -> Settings:
    """The settings of this process.

    ARTIFACT: folder of the model to serve (default: the bundled demo).
    MODEL_REPO: repo on the hub with the model to serve, ORG/NAME, instead of ARTIFACT.
    MODEL_REVISION: its tag, branch or commit (default: main).
    MODEL_REFRESH_MINUTES: how often to look for a newer version on the hub (default: never).
    APPLICANTS: Parquet or Arrow file of the applicants on file, or a dataset repo on the hub that holds it, ORG/NAME or
        ORG/NAME@REVISION (default: the demo's, with the demo model only).
    COST_FUNCTION: "ratio" or "amount" (default: the one that the model was trained for).
    COST_RATIO: how many wrongful refusals one wrongful approval is worth (default: the model's own).
    DRIFT_REPORT: folder that `python -m training drift` wrote (default: the demo's, with the demo model only).
    HF_ENDPOINT, HF_TOKEN: the hub's address and the token that it wants (default: what the hub's client finds).

    Raises:
        InvalidInputError: a setting is none that is allowed, or two of them contradict each other.
    """
    artifact, source = _artifact(environment)
    return Settings(
        artifact=artifact,
        applicants=_applicants(environment.get("APPLICANTS"), demo=artifact == DEMO_ARTIFACT),
        source=source,
        cost_function=_cost_function(environment.get("COST_FUNCTION")),
        cost_ratio=_number("COST_RATIO", environment.get("COST_RATIO"), "10"),
        endpoint=environment.get("HF_ENDPOINT") or None,
        token=environment.get("HF_TOKEN") or None,
        refresh_minutes=_minutes(environment.get("MODEL_REFRESH_MINUTES")),
        drift_report=_drift_report(environment.get("DRIFT_REPORT"), demo=artifact == DEMO_ARTIFACT),
    )


def _artifact(environment: Mapping[str, str]) -> tuple[Path | HubPlace, str]:
    """The model's folder, and its name in answers."""
    folder, repo, revision = (environment.get(name) for name in ("ARTIFACT", "MODEL_REPO", "MODEL_REVISION"))
    if folder and repo:
        raise InvalidInputError(f"Both ARTIFACT={folder} and MODEL_REPO={repo} are set. Set one of them.")
    if revision and not repo:
        raise InvalidInputError(f"MODEL_REVISION={revision} is set without MODEL_REPO. Set MODEL_REPO to ORG/NAME too.")
    if repo:
        if not REPO.fullmatch(repo):
            raise InvalidInputError(f"MODEL_REPO={repo!r} is no name of a repo. Set it to ORG/NAME.")
        place = HubPlace(repo, revision or DEFAULT_REVISION, "model")
        return place, str(place)
    return (Path(folder), Path(folder).name) if folder else (DEMO_ARTIFACT, DEMO_SOURCE)


def _applicants(given: str | None, demo: bool) -> Path | HubPlace | None:
    if not given:
        return DEMO_APPLICANTS if demo else None
    named = APPLICANTS_REPO.fullmatch(given)
    if named is None or given.endswith((".parquet", ".arrow")):
        return Path(given)
    return HubPlace(named[1], named[2] or DEFAULT_REVISION, "dataset")


def _drift_report(given: str | None, demo: bool) -> Path | None:
    if given:
        return Path(given)
    return DEMO_DRIFT if demo else None


def _cost_function(given: str | None) -> CostFunction | None:
    if given and given not in COST_FUNCTIONS:
        raise InvalidInputError(f"COST_FUNCTION={given!r} is not allowed. Set one of: {', '.join(COST_FUNCTIONS)}.")
    return given or None


def _number(name: str, given: str | None, example: str) -> float | None:
    try:
        return float(given) if given else None
    except ValueError:
        raise InvalidInputError(f"{name}={given!r} is not a number. Set for instance {name}={example}.") from None


def _minutes(given: str | None) -> float | None:
    minutes = _number("MODEL_REFRESH_MINUTES", given, "15")
    if minutes is not None and not 0 < minutes < float("inf"):
        raise InvalidInputError(f"MODEL_REFRESH_MINUTES={given!r} is not allowed. Set a number above 0, or nothing.")
    return minutes
