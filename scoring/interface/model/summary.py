"""A reviewer's first questions, each answered in a line that links to its section."""

from __future__ import annotations

from scoring.artifact.lineage import lineage_of
from scoring.decision.in_words import cost_in_words
from scoring.interface.html import element, words
from scoring.interface.model.groups import most_refused_in_words
from scoring.interface.model.threshold import point_at, served_ratio
from scoring.interface.model.version import changes_in_words
from scoring.serving.service import Service
from scoring.words.language import Language
from scoring.words.wording import number, percent, short_number, text

# The ratio that reviewers ask about besides the served one.
ASKED_RATIO = 5.0


def summary_html(service: Service, language: Language) -> str:
    """Questions and answers."""
    answers = {
        "data": ("version", _data(service, language)),
        "threshold": ("threshold", _threshold(service, language)),
        "calibration": ("accuracy", _calibration(service, language)),
        "cost": ("threshold", _cost(service, language)),
        "groups": ("groups", _groups(service, language)),
        "drift": ("drift", _drift(service, language)),
        "changes": ("version", _changes(service, language)),
    }
    listed = "".join(
        element("dt", element("a", words("span", text(f"model.asked.{name}", language)), href=f"#model-{index}"))
        + words("dd", answer)
        for name, (index, answer) in answers.items()
    )
    return element("section", element("dl", listed, "cs-answers"), "cs-card")


def _data(service: Service, language: Language) -> str:
    metrics = service.artifact.metrics
    total = sum(metrics[part]["applicants"] for part in ("out_of_fold", "held_out"))
    origin = text("model.made_up" if service.artifact.synthetic else "model.lenders", language)
    rate = percent(metrics["held_out"]["default_rate"], language)
    return text("model.answer.data", language, total=number(total, language, 0), origin=origin, rate=rate)


def _threshold(service: Service, language: Language) -> str:
    artifact, ratio = service.artifact, served_ratio(service.artifact)
    if ratio is None:
        k = short_number(artifact.rule.k, language, 2)
        return text("model.answer.threshold.amount", language, k=k)
    threshold = percent(point_at(artifact, ratio).threshold, language)
    return text("model.answer.threshold.ratio", language, threshold=threshold, ratio=short_number(ratio, language, 2))


def _calibration(service: Service, language: Language) -> str:
    held_out = service.artifact.metrics["held_out"]
    points = number(100 * held_out["calibration_error"], language, 1)
    return text("model.answer.calibration", language, points=points, auc=number(held_out["auc"], language, 3))


def _cost(service: Service, language: Language) -> str:
    point = point_at(service.artifact, ASKED_RATIO)
    costs = {"cost": point.cost, "approving": point.cost_approving_all, "refusing": point.cost_refusing_all}
    written = {name: cost_in_words(cost, "refusals", language) for name, cost in costs.items()}
    threshold, refused = percent(point.threshold, language), percent(point.refused, language)
    return text("model.answer.cost", language, threshold=threshold, refused=refused, **written)


def _groups(service: Service, language: Language) -> str:
    groups = service.artifact.groups
    return most_refused_in_words(groups.rates, language) if groups else text("model.no_groups", language)


def _drift(service: Service, language: Language) -> str:
    report = service.drift
    if report is None:
        return text("model.answer.no_drift", language)
    share = percent(report.share_drifted, language)
    return text("model.answer.drift", language, drifted=len(report.drifted), columns=len(report.columns), share=share)


def _changes(service: Service, language: Language) -> str:
    lineage = lineage_of(service.artifact.manifest)
    if lineage is None:
        return text("model.answer.no_lineage", language)
    return changes_in_words(lineage.changes, language) if lineage.changes else text("model.changes.first", language)
