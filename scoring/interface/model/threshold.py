"""The threshold and its reasons, from the out-of-fold cost curve at any cost ratio; decisions are not affected."""

from __future__ import annotations

from scoring.artifact.load import Artifact
from scoring.charts import cost_figure, cost_table, svg
from scoring.decision.costs import RatioCosts
from scoring.decision.in_words import cost_in_words
from scoring.decision.operating_point import OperatingPoint, operating_point
from scoring.interface.case import Case
from scoring.interface.html import element, figure_html, words
from scoring.interface.model.parts import paragraph, scrolled, section
from scoring.interface.verdict import decision_words
from scoring.markup import Table
from scoring.words.language import Language
from scoring.words.wording import number, percent, short_number, text

# Cost ratios to try: from errors of equal cost to one that costs a hundred times the other.
LOWEST, HIGHEST, STEP = 1.0, 100.0, 0.5


def served_ratio(artifact: Artifact) -> float | None:
    """The served cost ratio; None with costs from amounts."""
    costs = artifact.rule.costs
    return costs.ratio if isinstance(costs, RatioCosts) else None


def point_at(artifact: Artifact, ratio: float) -> OperatingPoint:
    """The operating point of a cost ratio, out of fold.

    Raises:
        InvalidInputError: the curve does not reach as far.
    """
    return operating_point(artifact.curves.rates, RatioCosts(ratio), artifact.metrics["out_of_fold"]["default_rate"])


def why_section(artifact: Artifact, language: Language) -> str:
    """Why the threshold is where it is, in a few sentences."""
    return section("threshold", [_why(artifact, language)], language)


def _why(artifact: Artifact, language: Language) -> str:
    rule, ratio = artifact.rule, served_ratio(artifact)
    inside = "model.theory_inside" if rule.k_low <= 1 <= rule.k_high else "model.theory_outside"
    if ratio is None:
        band = {"low": short_number(rule.k_low, language, 2), "high": short_number(rule.k_high, language, 2)}
        parts = [paragraph("model.why.amount", language, k=short_number(rule.k, language, 2), **band)]
        return "".join([*parts, paragraph(inside, language), paragraph("model.no_slider", language, "cs-small")])
    point = point_at(artifact, ratio)
    low, high = (percent(end, language) for end in point.band)
    reason = paragraph(
        "model.why.ratio",
        language,
        ratio=short_number(ratio, language, 2),
        threshold=percent(point.threshold, language),
        theory=percent(point.theoretical, language),
        low=low,
        high=high,
    )
    return reason + paragraph(inside, language) + paragraph("model.slider_note", language, "cs-changed")


def ratio_html(artifact: Artifact, ratio: float, case: Case | None, language: Language) -> str:
    """Threshold, confusion matrix, cost and the applicant's decision at a cost ratio, and the curve."""
    point = point_at(artifact, ratio)
    probability = case.assessment.probability if case and not case.lacks else None
    figure = svg(cost_figure, artifact.curves.rates, point.rule, probability, language)
    drawn = figure_html(figure, cost_table(artifact.curves.rates, point.rule, language), language)
    parts = [_headline(artifact, point, language), _confusion(artifact, point, language), _costs(point, language)]
    parts.append(_applicant(artifact, point, case, language))
    return element("div", element("div", "".join(parts), "cs-point") + drawn, "cs-card cs-weighed")


def _headline(artifact: Artifact, point: OperatingPoint, language: Language) -> str:
    costs = point.rule.costs
    assert isinstance(costs, RatioCosts)
    served = costs.ratio == served_ratio(artifact)
    name = text("model.at_ratio", language, ratio=short_number(costs.ratio, language, 2))
    value = words("b", percent(point.threshold, language), "cs-figure-number")
    kind = words("small", text("model.as_served" if served else "model.not_served", language))
    low, high = (percent(end, language) for end in point.band)
    band = text("model.chart.band", language, low=low, high=high)
    return element("p", words("span", name) + value + kind, "cs-probability") + words("p", band, "cs-small")


def _confusion(artifact: Artifact, point: OperatingPoint, language: Language) -> str:
    def cell(share: float) -> str:
        return percent(share, language)

    defaulted = point.true_refusals + point.false_approvals
    rows: list[tuple[str, ...]] = [
        (
            text("model.confusion.repaid", language),
            cell(point.true_approvals),
            cell(point.false_refusals),
            cell(1 - defaulted),
        ),
        (
            text("model.confusion.defaulted", language),
            cell(point.false_approvals),
            cell(point.true_refusals),
            cell(defaulted),
        ),
        (text("model.confusion.all", language), cell(1 - point.refused), cell(point.refused), cell(1.0)),
    ]
    headers = tuple(text(f"model.confusion.{key}", language) for key in ("outcome", "approved", "refused", "all"))
    applicants = number(artifact.metrics["out_of_fold"]["applicants"], language, 0)
    return scrolled(Table(text("model.confusion", language, applicants=applicants), headers, rows))


def _costs(point: OperatingPoint, language: Language) -> str:
    costs = {"here": point.cost, "approving": point.cost_approving_all, "refusing": point.cost_refusing_all}
    listed = "".join(
        words("dt", text(f"model.cost.{key}", language)) + words("dd", cost_in_words(cost, "refusals", language))
        for key, cost in costs.items()
    )
    return element("dl", listed, "cs-costs") + paragraph("screen.cost_unit.refusals", language, "cs-small")


def _applicant(artifact: Artifact, point: OperatingPoint, case: Case | None, language: Language) -> str:
    if case is None or case.lacks:
        return paragraph("model.nobody", language, "cs-small")
    assessment = case.assessment
    decision = point.rule.decide(assessment.probability, assessment.applicant.columns())
    name = text("screen.new_application", language)
    if case.applicant.applicant_id is not None:
        name = text("screen.applicant", language, id=case.applicant.applicant_id)
    own = text("model.applicant", language, applicant=name, probability=percent(assessment.probability, language))
    served = text("model.served_decision", language, decision=text(f"decision.{assessment.decision.outcome}", language))
    return element(
        "div", words("span", own) + decision_words(decision.outcome, language) + words("small", served), "cs-side"
    )


def amounts_html(artifact: Artifact, language: Language) -> str:
    """The cost curve for amounts, and the held-out cost of decisions, in currency."""
    curve, rule = artifact.curves.amounts, artifact.rule
    assert curve is not None
    drawn = figure_html(svg(cost_figure, curve, rule, None, language), cost_table(curve, rule, language), language)
    held_out = artifact.metrics["held_out"]["costs"]["amount"]
    keys = {"here": "cost", "theory": "cost_at_theoretical_threshold"}
    keys |= {"approving": "cost_approving_all", "refusing": "cost_refusing_all"}
    listed = "".join(
        words("dt", text(f"model.cost.{key}", language))
        + words("dd", cost_in_words(held_out[name], "currency", language))
        for key, name in keys.items()
    )
    refused = paragraph("model.refused_held_out", language, share=percent(held_out["refused"], language))
    costs = element("dl", listed, "cs-costs") + paragraph("model.cost.held_out_currency", language, "cs-small")
    return element("div", element("div", refused + costs, "cs-point") + drawn, "cs-card cs-weighed")
