"""Descriptions of the served model, its fields, and the applicants on file."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from scoring import __version__
from scoring.answers.model import CostDescription, FieldDescription, ModelDescription
from scoring.applicants.inputs import whole_number
from scoring.decision.bands import bands_to_json
from scoring.decision.costs import RatioCosts
from scoring.decision.points import scale_to_json
from scoring.decision.rule import DecisionRule
from scoring.errors import InvalidInputError
from scoring.schema.definition import quoted
from scoring.schema.features import ModelFeature
from scoring.schema.fields import Field, fields
from scoring.serving.service import Service
from scoring.words.language import Value
from scoring.words.wording import text

MOST_LISTED = 100
# More digits do not fit into 64 bits.
MOST_DIGITS_OF_IDS = 18


def find_applicants(service: Service, query: object, limit: object) -> list[dict[str, Value]]:
    """The first applicants on file whose id begins with `query`, with the fields that a list shows.

    Both arguments may be numbers or text.

    Raises:
        InvalidInputError: the query contains something other than digits, or the limit is not between 1 and 100.
    """
    digits = query.strip() if isinstance(query, str) else str(whole_number(query, "en"))
    if digits and not (digits.isascii() and digits.isdigit() and len(digits) <= MOST_DIGITS_OF_IDS):
        raise InvalidInputError(text("error.query", "en", value=quoted(query)))
    most = whole_number(limit, "en")
    if most is None or not 1 <= most <= MOST_LISTED:
        raise InvalidInputError(text("error.limit", "en", value=quoted(limit), allowed=MOST_LISTED))
    if service.applicants is None:
        return []
    ids = service.applicants.search(digits, most)
    return [{"applicant_id": found, **row} for found, row in zip(ids, service.applicants.listed(ids), strict=True)]


def describe(service: Service) -> ModelDescription:
    """The served model, its metrics and decision rule, and the fields of an application."""
    artifact = service.artifact
    rule = artifact.rule
    ratio = rule.costs if isinstance(rule.costs, RatioCosts) else None
    return ModelDescription(
        version=artifact.identity.version,
        source=artifact.identity.source,
        revision=artifact.identity.revision,
        app_version=__version__,
        synthetic=artifact.synthetic,
        metrics=artifact.metrics,
        threshold=ratio.threshold(rule.k) if ratio else None,
        theoretical_threshold=ratio.theoretical_threshold if ratio else None,
        referral_band=[ratio.threshold(rule.k_low), ratio.threshold(rule.k_high)] if ratio else None,
        cost_ratio=ratio.ratio if ratio else None,
        cost_function=_describe_costs(rule),
        points=scale_to_json(artifact.points),
        score_bands=bands_to_json(artifact.bands),
        fields=[_describe_field(field) for field in fields().values()],
        features=[_describe_feature(item) for item in artifact.model.features],
    )


def _describe_costs(rule: DecisionRule) -> CostDescription:
    return CostDescription(rule.costs.name, rule.costs.unit, asdict(rule.costs), rule.k, [rule.k_low, rule.k_high])


def _describe_field(field: Field) -> FieldDescription:
    leeway = field.leeway
    return FieldDescription(
        name=field.name,
        label=asdict(field.label),
        theme=field.theme,
        unit=field.unit,
        kind=field.kind,
        range=None if field.type == "text" else [field.minimum, field.maximum],
        sentinels=list(field.sentinels),
        levels={level: asdict(words) for level, words in field.levels.items()} or None,
        required=field.required,
        editable=field.editable,
        protected=bool(field.protected),
        leeway={"levers": leeway.levers, "step": leeway.step, "limit": leeway.limit} if leeway else None,
    )


def _describe_feature(item: ModelFeature) -> dict[str, Any]:
    feature = item.feature
    return {
        "name": feature.name,
        "label": asdict(feature.label),
        "theme": feature.theme,
        "unit": feature.unit,
        "kind": feature.kind,
        "direction": feature.direction,
    }
