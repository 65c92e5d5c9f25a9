"""The general comment: three to five sentences on one application, as a colleague would put it.

The level of risk, also out of a hundred; what counts most against and for; the position among accepted applicants; what
would help, unless approved; and what is missing on file.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from scoring.answers.applicant import Reason, Recourse
from scoring.artifact.load import Artifact
from scoring.artifact.model import log_odds_of
from scoring.artifact.population import PROBABILITY, percentile
from scoring.assessment.assessment import Assessment
from scoring.assessment.explanation import favourable_reasons
from scoring.documents.change import nothing_helps, plan_in_words
from scoring.documents.reasons import reason_in_short
from scoring.schema.fields import fields
from scoring.words.language import Language
from scoring.words.wording import counted_form, frequency_in_words, text

Risk = Literal["low", "moderate", "borderline", "high", "very_high"]
Point = Literal["first", "second", "risk"]

MOST_AGAINST = 2
MOST_WORDS = 119
# Odds of default this many times below or above the threshold's are called a low or a very high risk.
FAR = 2.0


@dataclass(frozen=True)
class Place:
    """Where the applicant stands on a point: the share of accepted applicants whose value is lower, in [0, 1]."""

    point: Point
    lower: float


@dataclass(frozen=True)
class Facts:
    """The content of a comment; `against` has at most two reasons, `recourse` is None if approved or not searched."""

    probability: float
    risk: Risk
    against: list[Reason]
    favour: Reason | None
    place: Place | None
    recourse: Recourse | None
    missing: int
    history: bool


def facts_of(artifact: Artifact, assessment: Assessment, reasons: list[Reason], recourse: Recourse | None) -> Facts:
    """The facts on an assessed application whose adverse reasons are known, and its recourse if that was searched."""
    against = reasons[:MOST_AGAINST]
    approved = assessment.decision.outcome == "approve"
    return Facts(
        probability=assessment.probability,
        risk=_risk(assessment),
        against=against,
        favour=_favour(against, artifact, assessment),
        place=_place(artifact, assessment, against),
        recourse=None if approved else recourse,
        missing=list(assessment.applicant.raw.values()).count(None),
        history=not all(map(math.isnan, assessment.applicant.history.values())),
    )


def _risk(assessment: Assessment) -> Risk:
    decision = assessment.decision
    odds = math.exp(float(log_odds_of(assessment.probability) - log_odds_of(decision.threshold)))
    match decision.outcome:
        case "approve":
            return "low" if odds < 1 / FAR else "moderate"
        case "refer":
            return "borderline"
        case _:
            return "very_high" if odds > FAR else "high"


def _favour(against: list[Reason], artifact: Artifact, assessment: Assessment) -> Reason | None:
    """The strongest reason in favour whose factor differs from those against."""
    found = favourable_reasons(
        assessment.values, assessment.contributions, artifact.population, assessment.language, against, most=1
    )
    return next(iter(found), None)


def _place(artifact: Artifact, assessment: Assessment, against: list[Reason]) -> Place:
    """The position on the first ordered reason against, else on the risk itself."""
    for point, reason in zip(("first", "second"), against, strict=False):
        if reason.lower is not None and reason.higher is not None:
            # Ties count half, as in `percentile`.
            return Place(point, (1 + reason.lower - reason.higher) / 2)  # type: ignore[arg-type]
    population = artifact.population
    accepted = population.masks["accepted"]
    risks = population.frame[PROBABILITY].to_numpy(dtype=np.float64)[accepted]
    return Place("risk", percentile(risks, assessment.probability) / 100)


def comment(facts: Facts, language: Language) -> str:
    """Three to five sentences of at most `MOST_WORDS` words.

    If labels are so long that it would be more, what counts in favour is left out, then the position.
    """
    shorter = replace(facts, favour=None)
    for some in (facts, shorter):
        sentences = _sentences(some, language)
        if len(sentences.split()) <= MOST_WORDS:
            return sentences
    return _sentences(replace(shorter, place=None), language)


def _sentences(facts: Facts, language: Language) -> str:
    sentences = [
        text(
            f"comment.risk.{facts.risk}",
            language,
            frequency=frequency_in_words("risk", facts.probability, language),
        ),
        _points(facts, language),
        _place_in_words(facts.place, language) if facts.place else "",
        _help(facts.recourse, language),
        _missing(facts, language),
    ]
    return " ".join(sentence for sentence in sentences if sentence)


def _points(facts: Facts, language: Language) -> str:
    against = text("and", language).join(reason_in_short(reason, language) for reason in facts.against)
    favour = reason_in_short(facts.favour, language) if facts.favour else ""
    form = counted_form(len(facts.against), language)
    key = {(True, True): f"points.{form}", (True, False): f"points_against.{form}", (False, True): "points_for"}.get(
        (bool(against), bool(favour)), "no_points"
    )
    return text(f"comment.{key}", language, against=against, favour=favour)


def _place_in_words(place: Place, language: Language) -> str:
    side, share = ("lower", place.lower) if place.lower >= 0.5 else ("higher", 1 - place.lower)
    accepted = frequency_in_words("accepted", share, language)
    return text(f"comment.place.{place.point}.{side}", language, accepted=accepted)


def _help(recourse: Recourse | None, language: Language) -> str:
    if recourse is None:
        return ""
    if recourse.plans:
        return text("comment.approved_with", language, changes=plan_in_words(recourse.plans[0], language))
    if recourse.referral:
        return text("comment.referred_with", language, changes=plan_in_words(recourse.referral, language))
    return nothing_helps(recourse, language)


def _missing(facts: Facts, language: Language) -> str:
    if not facts.missing:
        return "" if facts.history else text("comment.no_history_alone", language)
    key = "missing" if facts.history else "no_history"
    form = counted_form(facts.missing, language)
    return text(f"comment.{key}.{form}", language, count=facts.missing, total=len(fields()))
