"""Proves a recorded decision: the recorded model scores the recorded application again, and every figure is compared.

Exactly, but for the rounding of contributions: JSON keeps all digits of a number, and the same model of the same code
gives the same bits on the same kind of machine.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import rfc8785
from sqlalchemy import Engine, select

from scoring.applicants.applicant import Applicant, edited
from scoring.applicants.scenarios import HistoryChange, HistoryStep
from scoring.artifact.load import Artifact
from scoring.artifact.recost import with_costs
from scoring.assessment.assessment import assessed
from scoring.cases.evidence import answer_of, digest_of, model_of, nan_for_none
from scoring.database.engine import reading
from scoring.decision.costs import AmountCosts, Costs, RatioCosts
from scoring.errors import JournalError
from scoring.journal.entry import NO_HASH, Entry, hash_of, payload_start
from scoring.journal.entry import digest_of as payload_digest
from scoring.journal.journal import entry_of
from scoring.journal.tables import JOURNAL, PAYLOAD
from scoring.schema.fields import fields
from scoring.serving.code import code_identity
from scoring.serving.service import Service, commented
from scoring.words.language import Words

# What a score says in figures, and all that an entry must say to be replayed.
SCORED = ("probability", "threshold", "referral_band", "expected_cost", "recommendation")
# Recorded since there are bands; older entries lack them.
CARRIED = ("points", "score_band")
RECORDED = (*SCORED, "application", "application_digest", "changes", "code", "comment", "language", "model", "reasons")
# Contributions are sums over thousands of trees, whose order is not part of a version.
ROUNDING = 1e-9
# A database has no larger whole numbers.
LARGEST_NUMBER = 2**63
# proved: as recorded. differs: not. note: worth knowing, and no difference by itself.
Verdict = Literal["proved", "differs", "note"]


@dataclass(frozen=True)
class Line:
    """One thing that was compared: what was found, in words."""

    item: str
    verdict: Verdict
    found: str


@dataclass(frozen=True)
class Replay:
    """A replayed entry: `entry` is the decision's (or score's) number, whichever entry was asked for."""

    entry: int
    kind: str
    lines: tuple[Line, ...]

    @property
    def proved(self) -> bool:
        """Whether nothing differs."""
        return all(line.verdict != "differs" for line in self.lines)


def recorded_entry(engine: Engine, number: int) -> tuple[Entry, tuple[Line, ...]]:
    """The decision or score to replay, and what the journal's own hashes say of it.

    Args:
        engine: the journal's database.
        number: of a decision, of a score, or of the confirmation of a decision.

    Raises:
        DatabaseError: the journal cannot be reached.
        JournalError: there is no such entry, it is erased, or is about nothing that could be scored again.
    """
    if not 0 < number < LARGEST_NUMBER:
        raise JournalError(f"There is no entry {number}: entries are numbered from 1.")
    entry, lines = _checked(engine, number)
    if entry.kind in ("decision", "score", "confirmation") and entry.payload is None:
        raise JournalError(f"Entry {number} cannot be replayed: what it says was erased. That it was there is proved.")
    if entry.kind in ("decision", "score"):
        lacking = [name for name in RECORDED if name not in (entry.payload or {})]
        if lacking:
            raise JournalError(f"Entry {number} cannot be replayed: it does not say its {', '.join(lacking)}.")
        return entry, lines
    decision = (entry.payload or {}).get("decision")
    if entry.kind != "confirmation":
        about = f" It is about entry {decision}: replay that one." if decision else ""
        raise JournalError(
            f"Entry {number} cannot be replayed: it is of kind {entry.kind!r}. Give the number of a decision, of a "
            f"confirmation or of a score.{about}"
        )
    assert entry.payload is not None
    of_decision, more = recorded_entry(engine, int(entry.payload["decision"]))
    confirmed = entry.payload["hash"] == of_decision.hash
    finding = f"entry {number} confirms entry {of_decision.number}" + ("" if confirmed else " by another hash")
    return of_decision, (*lines, Line("confirmation", "proved" if confirmed else "differs", finding), *more)


def _checked(engine: Engine, number: int) -> tuple[Entry, tuple[Line, ...]]:
    query = select(JOURNAL, PAYLOAD.c.applicant_id, PAYLOAD.c.text, PAYLOAD.c.salt).join(
        PAYLOAD, PAYLOAD.c.number == JOURNAL.c.number, isouter=True
    )
    with reading(engine) as connection:
        row = connection.execute(query.where(JOURNAL.c.number == number)).one_or_none()
        before = connection.execute(select(JOURNAL.c.hash).where(JOURNAL.c.number == number - 1)).scalar()
        last = connection.execute(select(JOURNAL.c.number).order_by(JOURNAL.c.number.desc()).limit(1)).scalar()
    if row is None:
        there = f"Its entries are 1 to {last}." if last else "It is empty."
        raise JournalError(f"There is no entry {number} in the journal. {there}")
    columns = {name: getattr(row, name) for name in ("number", "at", "kind", "person", "role", "digest", "previous")}
    wrong = [] if hash_of(**columns) == row.hash else ["its hash"]
    if row.text is not None:
        same = payload_digest(row.salt, row.text) == row.digest
        wrong += [] if same and row.text.startswith(payload_start(row.applicant_id)) else ["the digest of its payload"]
    wrong += [] if row.previous == (NO_HASH if number == 1 else before) else ["its link to the entry before"]
    finding = f"{', '.join(wrong)} not as recorded: the database was changed" if wrong else "hash, digest and link hold"
    return entry_of(row), (Line(f"entry {number}", "differs" if wrong else "proved", finding),)


def replayed(entry: Entry, artifact: Artifact, source: str, configured: Costs) -> tuple[Line, ...]:
    """Scores a recorded application again, and compares all that the entry says.

    Args:
        entry: a decision or a score, not erased.
        artifact: the recorded model, as trained: the recorded costs are put in here.
        source: where the artifact comes from, in words.
        configured: the costs under which this process would decide now; other ones are worth a note.

    Raises:
        InvalidInputError: the recorded changes or costs are not allowed by this code or model.
        JournalError: the recorded application is not one for this model or code.
    """
    recorded = entry.payload
    assert recorded is not None
    recosted = with_costs(artifact, costs_of(recorded["model"]["costs"]))
    on_file = _applicant(entry, recorded["application"], recosted)
    applicant = edited(on_file, recorded["changes"], recorded["language"])
    assessment = assessed(recosted, applicant, dict(recorded["changes"]), recorded["language"])
    score = commented(Service(recosted, None, rates=recorded.get("recourse_rates", "price")), assessment)
    now = {"model": model_of(recosted), "application_digest": digest_of(on_file), **answer_of(score)}
    return tuple(_compared(recorded, _as_json(now), source, configured))


def costs_of(recorded: Mapping[str, Any]) -> Costs:
    """The recorded costs.

    Raises:
        InvalidInputError: a parameter is not allowed.
    """
    parameters = {name: value for name, value in recorded.items() if name != "function"}
    return RatioCosts(**parameters) if recorded["function"] == RatioCosts.name else AmountCosts(**parameters)


def _applicant(entry: Entry, application: Mapping[str, Any], artifact: Artifact) -> Applicant:
    history = nan_for_none(application["history"])
    lacking = [name for name in fields() if name not in application["raw"]]
    lacking += [name for name in artifact.history_names if name not in history]
    if lacking:
        raise JournalError(
            f"Entry {entry.number} cannot be replayed by this code and model: the recorded application lacks "
            f"{', '.join(lacking)}. Use the code of version {(entry.payload or {})['code']['version']}, and the "
            "recorded model."
        )
    scenarios = [
        HistoryChange(
            HistoryStep(**{**change["step"], "words": Words(**change["step"]["words"])}),
            change["cost"],
            nan_for_none(change["features"]),
        )
        for change in application.get("scenarios", [])
    ]
    return Applicant(entry.applicant_id, application["raw"], history, tuple(scenarios))


def _as_json(value: dict[str, Any]) -> dict[str, Any]:
    """As the journal would give it back: canonical JSON has one way to write a number."""
    found: dict[str, Any] = json.loads(rfc8785.dumps(value))
    return found


def _compared(recorded: dict[str, Any], now: dict[str, Any], source: str, configured: Costs) -> Iterator[Line]:
    yield _model(recorded["model"], now["model"], source)
    for name in ("costs", "k", "k_band"):
        yield _same(name.replace("_", " "), recorded["model"][name], now["model"][name])
    if costs_of(recorded["model"]["costs"]) != configured:
        yield Line("costs", "note", f"other ones are configured now: {configured}")
    for name in ("application_digest", *SCORED, *(name for name in CARRIED if name in recorded)):
        yield _same(name.replace("_", " "), recorded[name], now[name])
    # Entries from before it was recorded lack it.
    if "reachable" in recorded:
        yield _same("reachable", recorded["reachable"], now["reachable"])
    yield _reasons(recorded["reasons"], now["reasons"])
    yield _same("comment", recorded["comment"], now["comment"])
    if "outcome" in recorded:
        yield _decision(recorded, now)
    yield _code(recorded["code"])


def _model(recorded: Mapping[str, Any], now: Mapping[str, Any], source: str) -> Line:
    names = ("version", "revision", "trained_by")
    different = [
        f"{name} {recorded[name]!r} is recorded, {now[name]!r} here" for name in names if recorded[name] != now[name]
    ]
    if different:
        return Line("model", "differs", f"{'; '.join(different)} ({source})")
    return Line("model", "proved", f"{recorded['version']}, revision {recorded['revision']} ({source})")


def _same(item: str, recorded: object, now: object) -> Line:
    if recorded == now:
        return Line(item, "proved", _words(recorded))
    apart = ""
    if isinstance(recorded, (int, float)) and isinstance(now, (int, float)):
        apart = f", a difference of {now - recorded:.3g}"
    return Line(item, "differs", f"{_words(recorded)} is recorded, {_words(now)} now{apart}")


def _words(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} {_words(each)}" for name, each in value.items())
    if isinstance(value, list):
        return " to ".join(map(_words, value))
    return str(value)


def _reasons(recorded: list[dict[str, Any]], now: list[dict[str, Any]]) -> Line:
    """Reasons by feature, in order, each with all that was recorded of it."""
    names, names_now = ([reason["feature"] for reason in reasons] for reasons in (recorded, now))
    if names != names_now:
        finding = f"{', '.join(names) or 'none'} recorded, {', '.join(names_now) or 'none'} now"
        return Line("reasons", "differs", finding)
    different = [
        f"{before['feature']}: {name} {_words(before[name])} is recorded, {_words(after.get(name))} now"
        for before, after in zip(recorded, now, strict=True)
        for name in before
        if not _agree(before[name], after.get(name))
    ]
    if different:
        return Line("reasons", "differs", "; ".join(different))
    return Line("reasons", "proved", ", ".join(names) or "none")


def _agree(recorded: object, now: object) -> bool:
    """Whether a part of a reason is the same; a contribution may differ by how another code adds it up."""
    if isinstance(recorded, float) and isinstance(now, float):
        return math.isclose(recorded, now, rel_tol=ROUNDING, abs_tol=ROUNDING)
    return recorded == now


def _decision(recorded: dict[str, Any], now: dict[str, Any]) -> Line:
    """What people made of it: that it departs must be what the entry says, and what is told among the reasons."""
    outcome, departs = recorded["outcome"], recorded["outcome"] != now["recommendation"]
    untold = set(recorded["told_reasons"]) - {reason["feature"] for reason in now["reasons"]}
    if departs != recorded["against_recommendation"]:
        finding = f"{outcome} is recorded as {'with' if departs else 'against'} the recommendation, which is not so"
        return Line("decision", "differs", finding)
    if untold:
        return Line("decision", "differs", f"told as reasons, and none of the model's: {', '.join(sorted(untold))}")
    against = "against" if departs else "with"
    return Line("decision", "proved", f"{outcome}, {against} the recommendation ({now['recommendation']})")


def _code(recorded: Mapping[str, str]) -> Line:
    now = code_identity()
    if recorded == now:
        return Line("code", "proved", f"version {now['version']}, digest {now['digest']}")
    was, is_now = (f"version {code['version']}, digest {code['digest']}" for code in (recorded, now))
    return Line("code", "note", f"recorded by {was}; replayed by {is_now}")
