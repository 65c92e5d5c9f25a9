"""An artifact and its gate -> the model card: all that a credit reviewer needs, from the artifact alone."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from dataclasses import fields as members
from pathlib import Path
from typing import Any

from huggingface_hub import EvalResult, ModelCard, ModelCardData

from scoring.artifact.lineage import ComparedModel
from scoring.artifact.load import Artifact
from scoring.artifact.recourse_audit import RecourseAudit
from scoring.artifact.review import attribute_words
from scoring.decision.costs import AmountCosts, CostFunctions, RatioCosts
from scoring.schema.fields import fields
from scoring.words.wording import text
from training.audit.in_words import (
    QUALITY,
    age_line,
    group_row,
    interval,
    left_out_row,
    quality_figures,
    recourse_row,
    share,
)
from training.build.report import threshold, threshold_gap
from training.gate.bounds import BEFORE, EXPLANATIONS
from training.gate.gate import Gate, declared_directions
from training.lender.roles import ATTRIBUTES
from training.publish.lineage import compared_models

TEMPLATE = Path(__file__).parent / "card.md"
STRONGEST = 10
FIGURES = {
    "auc": "AUC",
    "average_precision": "average precision",
    "brier": "Brier score",
    "calibration_error": "calibration error",
    "cost": "cost per applicant",
    "cost_approving_all": "cost of approving everybody",
    "cost_refusing_all": "cost of refusing everybody",
}
# The hub's name of each figure.
METRICS = {
    "auc": "roc_auc",
    "average_precision": "average_precision",
    "brier": "brier_score",
    "calibration_error": "expected_calibration_error",
    "cost": "cost_per_applicant",
}


def card(artifact: Artifact, gate: Gate, repo: str, tag: str, comparison: Path | None) -> ModelCard:
    """The card of a version.

    Args:
        artifact: the version, of the current format.
        gate: the result of its checks.
        repo: ORG/NAME that it is published to.
        tag: its name there.
        comparison: folder of a finished comparison on the same tables, if there is one.

    Raises:
        PublishError: that folder holds no finished comparison, or one on other tables.
    """
    metrics, manifest = artifact.metrics, artifact.manifest
    model_features = artifact.model.features
    return ModelCard.from_template(
        _card_data(artifact, repo),
        template_path=str(TEMPLATE),
        repo=repo,
        tag=tag,
        gate=gate,
        manifest=manifest,
        applicants=metrics["out_of_fold"]["applicants"] + metrics["held_out"]["applicants"],
        out_of_fold=metrics["out_of_fold"],
        held_out=metrics["held_out"],
        figures=FIGURES,
        decision="\n\n".join(_decision(artifact)),
        features=model_features,
        themes=_themes(artifact),
        strongest=_strongest(artifact),
        excluded=[field.label.en for field in fields().values() if field.protected],
        directed=len(declared_directions(model_features)),
        prices=[{"name": _restraint(name), **price} for name, price in metrics["prices"].items()],
        groups=_groups(artifact),
        attributes=[attribute_words(attribute, "en") for attribute in ATTRIBUTES],
        quality=_quality(artifact, gate),
        recourse=_recourse(artifact.recourse),
        comparison=[_compared(line) for line in compared_models(comparison, manifest["data_fingerprint"])]
        if comparison
        else [],
        cost_options=_cost_options(artifact.curves.costs),
    )


def _card_data(artifact: Artifact, repo: str) -> ModelCardData:
    made_up, held_out = artifact.synthetic, artifact.metrics["held_out"]
    results = [
        EvalResult(
            task_type="tabular-classification",
            dataset_type="private",
            dataset_name="made-up applicants, held out" if made_up else "the lender's applicants, held out",
            metric_type=metric,
            metric_name=FIGURES[key],
            metric_value=round(held_out[key], 6),
        )
        for key, metric in METRICS.items()
    ]
    return ModelCardData(
        model_name=repo,
        library_name="lightgbm",
        pipeline_tag="tabular-classification",
        language=["en", "fr"],
        tags=["credit-scoring", "probability-of-default", *(["made-up-data"] if made_up else [])],
        eval_results=results,
    )


def _decision(artifact: Artifact) -> list[str]:
    """Cost function, threshold and band in sentences."""
    rule = artifact.rule
    if isinstance(rule.costs, RatioCosts):
        priced = (
            f"A wrong approval costs {rule.costs.false_approval:g}, a wrong refusal {rule.costs.false_refusal:g}, the "
            "same for everybody."
        )
    else:
        parameters = ", ".join(f"{name.replace('_', ' ')} {value:g}" for name, value in asdict(rule.costs).items())
        priced = f"Errors are priced in the currency of each loan ({parameters})."
    decided, gap = (f"{words[0].upper()}{words[1:]}." for words in (threshold(rule), threshold_gap(rule)))
    return [f"{priced} {decided}", gap]


def _themes(artifact: Artifact) -> list[dict[str, Any]]:
    assert artifact.importance is not None
    counts = Counter(item.feature.theme for item in artifact.model.features)
    return [
        {"label": text(f"theme.{theme}", "en"), "features": counts[theme], "weight": weight}
        for theme, weight in artifact.importance.themes.items()
    ]


def _strongest(artifact: Artifact) -> list[str]:
    assert artifact.importance is not None
    labels = {item.feature.name: item.feature.label.en for item in artifact.model.features}
    return [labels[name] for name in list(artifact.importance.features)[:STRONGEST]]


def _restraint(name: str) -> str:
    return f"leaving out {fields()[name].label.en}" if name in fields() else "directions"


def _groups(artifact: Artifact) -> dict[str, Any] | None:
    """The tables on groups; None if the artifact's format has none."""
    groups = artifact.groups
    if groups is None:
        return None
    return {
        "applicants": groups.applicants,
        "rates": [group_row(rates) for rates in groups.rates],
        "without": [left_out_row(left_out) for left_out in groups.without],
        "age": age_line(groups),
    }


def _quality(artifact: Artifact, gate: Gate) -> list[list[str]]:
    """The figures on explanations, each with that of the version compared with, if the gate has it."""
    before = {
        name.removesuffix(BEFORE): value
        for check in gate.checks
        if check.name == EXPLANATIONS
        for name, value in check.figures.items()
        if name.endswith(BEFORE)
    }
    return [
        [QUALITY[name], f"{before[name]:.3g}" if name in before else "", f"{value:.3g}"]
        for name, value in quality_figures(artifact.quality).items()
    ]


def _recourse(audit: RecourseAudit | None) -> dict[str, Any] | None:
    """The tables on recourse; None if the artifact's format has none, or if everybody is approved."""
    if audit is None or audit.everybody is None:
        return None
    return {
        "audit": audit,
        "all": [share(rate) for rate in (audit.everybody.plan, audit.everybody.fixed, audit.everybody.burden)],
        "groups": [recourse_row(group) for group in audit.groups],
    }


def _compared(line: ComparedModel) -> dict[str, str]:
    estimates = {name: interval(found, ".4f") for name, found in line.figures.items()}
    return {"model": line.model, "strategy": line.strategy, **estimates}


def _cost_options(costs: CostFunctions) -> str:
    """The options of `train` that differ from its defaults."""
    given = {"cost": costs.served, "cost-ratio": costs.ratio.ratio}
    usual = {"cost": CostFunctions().served, "cost-ratio": RatioCosts().ratio}
    for member in members(AmountCosts):
        given[member.name.replace("_", "-")] = getattr(costs.amount, member.name)
        usual[member.name.replace("_", "-")] = getattr(AmountCosts(), member.name)
    return "".join(f" --{name} {value}" for name, value in given.items() if value != usual[name])
