"""The evidence for a decision as the journal records it: the application as scored, the model, and its answer."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import rfc8785

from scoring.answers.applicant import CommentedScore
from scoring.applicants.applicant import Applicant
from scoring.artifact.load import Artifact
from scoring.serving.code import code_identity
from scoring.serving.service import Service

# What the journal keeps of a reason; what is usual follows from the model.
REASON_KEPT = ("feature", "label", "value", "unit", "contribution", "factor", "lower", "higher", "can_change")


def application_of(applicant: Applicant) -> dict[str, Any]:
    """An application as on file: {"raw": field -> value, "history": column -> number}, None where nothing is known.

    "scenarios" more, if the history can still change: the comment may tell of them.
    """
    found = {"raw": dict(applicant.raw), "history": _none_for_nan(applicant.history)}
    if not applicant.scenarios:
        return found
    return found | {
        "scenarios": [
            {"step": asdict(change.step), "cost": change.cost, "features": _none_for_nan(change.features)}
            for change in applicant.scenarios
        ]
    }


def _none_for_nan(values: Mapping[str, float]) -> dict[str, float | None]:
    """Numbers as the journal holds them: JSON has no NaN."""
    return {name: None if math.isnan(value) else value for name, value in values.items()}


def nan_for_none(values: Mapping[str, float | None]) -> dict[str, float]:
    """Numbers out of the journal."""
    return {name: math.nan if value is None else float(value) for name, value in values.items()}


def digest_of(applicant: Applicant) -> str:
    """Identifies an application as on file: the SHA-256 of its canonical JSON (RFC 8785)."""
    return hashlib.sha256(rfc8785.dumps(application_of(applicant))).hexdigest()


def model_of(artifact: Artifact) -> dict[str, Any]:
    """The model: version, source, revision, the commit of the code that trained it, and its rule of decision."""
    rule = artifact.rule
    return {
        **asdict(artifact.identity),
        "trained_by": artifact.manifest["code_commit"],
        "costs": {"function": rule.costs.name, **asdict(rule.costs)},
        "k": rule.k,
        "k_band": [rule.k_low, rule.k_high],
    }


def answer_of(score: CommentedScore) -> dict[str, Any]:
    """What the model answered: probability, threshold, points, costs, recommendation, the best in reach and reasons."""
    return {
        "probability": score.probability,
        "threshold": score.threshold,
        "referral_band": list(score.referral_band),
        "points": score.points,
        "score_band": score.score_band,
        "expected_cost": asdict(score.expected_cost),
        "recommendation": score.decision,
        "reachable": score.reachable,
        "reasons": [
            {name: value for name, value in asdict(reason).items() if name in REASON_KEPT} for reason in score.reasons
        ],
        "comment": score.comment,
    }


def evidence(
    service: Service, on_file: Applicant, changes: Mapping[str, Any], score: CommentedScore, language: str
) -> dict[str, Any]:
    """All that a decision rests on, so that `replay` can prove it."""
    return {
        "application": application_of(on_file),
        "application_digest": digest_of(on_file),
        "applicants_file": service.applicants.path.name if service.applicants else None,
        "changes": dict(changes),
        "model": model_of(service.artifact),
        "code": code_identity(),
        "recourse_rates": service.rates,
        "language": language,
        **answer_of(score),
    }
