"""The settings of the app, in one place: environment variables and their defaults."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from scoring.artifact.in_words import DEMO_SOURCE
from scoring.assessment.moves import RATES, Rates
from scoring.decision.costs import COST_FUNCTIONS, CostFunction
from scoring.errors import InvalidInputError
from scoring.people import ROLES, Role

ROOT = Path(__file__).parents[2]
DEMO_ARTIFACT = ROOT / "artifacts" / "demo"
DEMO_APPLICANTS = ROOT / "artifacts" / "demo-applicants.parquet"
DEMO_DRIFT = ROOT / "artifacts" / "demo-drift"
DEMO_VALIDATION = ROOT / "artifacts" / "demo-validation"
DEMO_POLICY = ROOT / "scoring" / "cases" / "policy"
DEFAULT_JOURNAL = ROOT / "journal" / "journal.db"
DEFAULT_REVISION = "main"
SIGN_INS = ("none", "password", "oidc")
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
class OidcSettings:
    """The OpenID provider that signs people in: its issuer, our client there, and the claim that holds the role.

    `roles` says which of the claim's values stand for which role; empty: the values are the roles' own names.
    """

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    role_claim: str = "role"
    roles: Mapping[str, Role] = field(default_factory=dict)


@dataclass(frozen=True)
class AccessSettings:
    """How people sign in. Without sign-in, a configured model is only served if `anonymous_allowed`."""

    sign_in: Literal["none", "password", "oidc"] = "none"
    anonymous_allowed: bool = False
    idle_minutes: float = 30.0
    secret: str | None = field(default=None, repr=False)
    oidc: OidcSettings | None = None


@dataclass(frozen=True)
class JournalSettings:
    """Where the journal is, the key that signs its checkpoints, and the dataset repo that its head is committed to.

    `key` is a PEM file with an Ed25519 private key; None: one beside a SQLite journal, made at the first start.
    `record_scores`: whether each `/score` of a program is an entry, too.
    """

    url: str = field(default=f"sqlite:///{DEFAULT_JOURNAL}", repr=False)
    key: Path | None = None
    anchor: str | None = None
    record_scores: bool = False


@dataclass(frozen=True)
class OperationSettings:
    """How the log is written, how often each person or program may call, and how many events may wait."""

    log_format: Literal["text", "json"] = "text"
    calls_per_minute: int = 6000
    queue_length: int = 200


@dataclass(frozen=True)
class Settings:
    """Where the served model and the applicants on file are, and which costs decide.

    The bundled demo is never a fallback: with another artifact, the demo's applicants are not served. A cost function
    or ratio of None is the one that the model was trained for; an endpoint or token of None is the hub client's own
    default; without `refresh_minutes` there is no check for newer versions. `drift_report` and `validation` are the
    folders of a drift report (see `scoring.drift.report`) and of a validation pack (see `scoring.validation`).
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
    validation: Path | None = None
    access: AccessSettings = field(default_factory=lambda: AccessSettings())
    journal: JournalSettings = field(default_factory=lambda: JournalSettings())
    recourse_rates: Rates = "price"
    policy: Path = DEMO_POLICY
    decision_days: int = 30
    operation: OperationSettings = field(default_factory=lambda: OperationSettings())

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
    COST_RATIO: how many wrong refusals one wrong approval is worth (default: the model's own).
    DRIFT_REPORT: folder that `python -m training drift` wrote (default: the demo's, with the demo model only).
    VALIDATION: folder that `python -m training validate` wrote (default: the one published with the model on the hub,
        if any; the demo's, with the demo model only).
    AUTH: "none", "password" or "oidc" (default: none, which serves the bundled demo only).
    ALLOW_ANONYMOUS: 1 serves a configured model without sign-in, too, and says so on each page.
    SESSION_MINUTES: how long an idle session lasts (default: 30).
    SESSION_SECRET: what session cookies are signed with (default: one kept in the database).
    OIDC_ISSUER, OIDC_CLIENT_ID, OIDC_CLIENT_SECRET: the OpenID provider and our client there, with AUTH=oidc.
    OIDC_ROLE_CLAIM: the claim that holds the role, for instance realm_access.roles (default: role).
    OIDC_ROLES: which of its values stand for which role, VALUE=ROLE by commas (default: the roles' own names).
    JOURNAL_URL: the database of journal and cases, sqlite:///PATH or postgresql://… (default: journal/journal.db).
    JOURNAL_KEY: PEM file with the Ed25519 key that signs its checkpoints (default: made beside a SQLite file).
    JOURNAL_ANCHOR: dataset repo on the hub to which its head is committed, ORG/NAME (default: none).
    JOURNAL_API: 1 records each /score of a program, too.
    RECOURSE_RATES: "price" lets recourse lower a rate to the lender's price, "keep" never lowers it (default: price).
    POLICY: folder of the lender's limits, reasons and letters (default: the bundled one).
    DECISION_DAYS: how long an approval holds (default: 30).
    LOG_FORMAT: "text" or "json", with a line for each request (default: text).
    CALLS_PER_MINUTE: how often each person or token may call or change the page (default: 6000).
    QUEUE_LENGTH: how many events may wait for their turn (default: 200).
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
        refresh_minutes=_above_zero("MODEL_REFRESH_MINUTES", environment.get("MODEL_REFRESH_MINUTES"), "15"),
        drift_report=_folder(environment.get("DRIFT_REPORT"), DEMO_DRIFT if artifact == DEMO_ARTIFACT else None),
        validation=_folder(environment.get("VALIDATION"), DEMO_VALIDATION if artifact == DEMO_ARTIFACT else None),
        access=_access(environment),
        journal=_journal(environment),
        recourse_rates=_rates(environment.get("RECOURSE_RATES")),
        policy=Path(environment.get("POLICY") or DEMO_POLICY),
        decision_days=_whole("DECISION_DAYS", environment.get("DECISION_DAYS"), 30),
        operation=_operation(environment),
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
            raise InvalidInputError(f"MODEL_REPO={repo!r} is not the name of a repo. Set it to ORG/NAME.")
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


def _folder(given: str | None, default: Path | None) -> Path | None:
    return Path(given) if given else default


def _cost_function(given: str | None) -> CostFunction | None:
    if given and given not in COST_FUNCTIONS:
        raise InvalidInputError(f"COST_FUNCTION={given!r} is not allowed. Set one of: {', '.join(COST_FUNCTIONS)}.")
    return given or None


def _rates(given: str | None) -> Rates:
    if given and given not in RATES:
        raise InvalidInputError(f"RECOURSE_RATES={given!r} is not allowed. Set one of: {', '.join(RATES)}.")
    return given or RATES[0]


def _number(name: str, given: str | None, example: str) -> float | None:
    try:
        return float(given) if given else None
    except ValueError:
        raise InvalidInputError(f"{name}={given!r} is not a number. Set for instance {name}={example}.") from None


def _above_zero(name: str, given: str | None, example: str) -> float | None:
    number = _number(name, given, example)
    if number is not None and not 0 < number < float("inf"):
        raise InvalidInputError(f"{name}={given!r} is not allowed. Set a number above 0, or nothing.")
    return number


def _access(environment: Mapping[str, str]) -> AccessSettings:
    sign_in = environment.get("AUTH") or "none"
    if sign_in not in SIGN_INS:
        raise InvalidInputError(f"AUTH={sign_in!r} is not allowed. Set one of: {', '.join(SIGN_INS)}.")
    return AccessSettings(
        sign_in=sign_in,  # type: ignore[arg-type]
        anonymous_allowed=_switch("ALLOW_ANONYMOUS", environment),
        idle_minutes=_above_zero("SESSION_MINUTES", environment.get("SESSION_MINUTES"), "30") or 30.0,
        secret=environment.get("SESSION_SECRET") or None,
        oidc=_oidc(environment) if sign_in == "oidc" else None,
    )


def _oidc(environment: Mapping[str, str]) -> OidcSettings:
    names = ("OIDC_ISSUER", "OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET")
    lacking = [name for name in names if not environment.get(name)]
    if lacking:
        raise InvalidInputError(f"AUTH=oidc needs {', '.join(lacking)}. Set them to what the OpenID provider gave you.")
    issuer, client_id, client_secret = (environment[name] for name in names)
    roles = _roles(environment.get("OIDC_ROLES") or "")
    return OidcSettings(issuer, client_id, client_secret, environment.get("OIDC_ROLE_CLAIM") or "role", roles)


def _roles(given: str) -> dict[str, Role]:
    named: dict[str, Role] = {role: role for role in ROLES}
    pairs = [pair.strip().rpartition("=") for pair in given.split(",") if pair.strip()]
    for value, _, role in pairs:
        if not value or role not in named:
            example = "advisers=adviser,leads=supervisor"
            raise InvalidInputError(
                f"OIDC_ROLES={given!r} is not allowed. Give VALUE=ROLE by commas, for instance {example}, with a role "
                f"among {', '.join(ROLES)}."
            )
    return {value: named[role] for value, _, role in pairs}


def _journal(environment: Mapping[str, str]) -> JournalSettings:
    anchor, key = environment.get("JOURNAL_ANCHOR") or None, environment.get("JOURNAL_KEY")
    if anchor and not REPO.fullmatch(anchor):
        raise InvalidInputError(f"JOURNAL_ANCHOR={anchor!r} is not the name of a repo. Set it to ORG/NAME.")
    return JournalSettings(
        url=environment.get("JOURNAL_URL") or f"sqlite:///{DEFAULT_JOURNAL}",
        key=Path(key) if key else None,
        anchor=anchor,
        record_scores=_switch("JOURNAL_API", environment),
    )


def _switch(name: str, environment: Mapping[str, str]) -> bool:
    given = environment.get(name) or "0"
    if given not in ("0", "1"):
        raise InvalidInputError(f"{name}={given!r} is not allowed. Set 1 or 0.")
    return given == "1"


def _operation(environment: Mapping[str, str]) -> OperationSettings:
    log_format = environment.get("LOG_FORMAT") or "text"
    if log_format not in ("text", "json"):
        raise InvalidInputError(f"LOG_FORMAT={log_format!r} is not allowed. Set text or json.")
    return OperationSettings(
        log_format=log_format,  # type: ignore[arg-type]
        calls_per_minute=_whole("CALLS_PER_MINUTE", environment.get("CALLS_PER_MINUTE"), 6000),
        queue_length=_whole("QUEUE_LENGTH", environment.get("QUEUE_LENGTH"), 200),
    )


def _whole(name: str, given: str | None, default: int) -> int:
    number = _above_zero(name, given, str(default)) or default
    if number != int(number):
        raise InvalidInputError(f"{name}={given!r} is not allowed. Set a whole number, for instance {default}.")
    return int(number)
