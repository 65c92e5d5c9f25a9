"""Refusals by group: rates with counts and intervals, and the effect of leaving out proxies."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from scoring.artifact.load import Artifact
from scoring.artifact.review import GroupRates, LeftOut, attribute_words, group_words
from scoring.charts import groups_figure, groups_table, svg
from scoring.interface.html import element, figure_html
from scoring.interface.model.parts import ARROW, folded, paragraph, section
from scoring.lender.roles import AGE_BAND, BIRTH
from scoring.markup import Table
from scoring.schema.features import restated_fields
from scoring.schema.fields import fields
from scoring.words.language import Language
from scoring.words.wording import number, percent, text

AGE = restated_fields()[BIRTH]


def by_attribute(rates: Sequence[GroupRates]) -> list[list[GroupRates]]:
    """The groups of each attribute, as the artifact lists them."""
    return [list(groups) for _, groups in groupby(rates, key=lambda group: group.attribute)]


def lowest_ratio(rates: Sequence[GroupRates]) -> GroupRates | None:
    """The group with the lowest four-fifths ratio; None if all have too few applicants."""
    known = [group for group in rates if group.approval_ratio.value is not None]
    return min(known, key=lambda group: group.approval_ratio.value or 0.0, default=None)


def most_refused_in_words(rates: Sequence[GroupRates], language: Language) -> str:
    """The group that is refused most, compared with the others of its attribute."""
    group = lowest_ratio(rates)
    if group is None or group.approval.value is None or group.approval_ratio.value is None:
        return text("model.too_few", language)
    return text(
        "model.groups.most",
        language,
        attribute=attribute_words(group.attribute, language),
        group=group_words(group.attribute, group.level, language),
        refused=percent(1 - group.approval.value, language),
        ratio=number(group.approval_ratio.value, language, 2),
    )


def groups_section(artifact: Artifact, language: Language) -> str:
    """The whole section."""
    groups = artifact.groups
    if groups is None:
        return section("groups", [paragraph("model.no_groups", language)], language)
    overall = artifact.metrics["held_out"]["costs"][artifact.curves.costs.served]["refused"]
    drawn = [
        figure_html(svg(groups_figure, rates, overall, language), groups_table(rates, language), language)
        for rates in by_attribute(groups.rates)
    ]
    age = groups.age
    check = "model.groups.age_good" if age.better == 0 else "model.groups.age_bad"
    counts = {"applicants": number(age.applicants, language, 0), "better": number(age.better, language, 0)}
    parts = [
        paragraph(
            "model.groups.who",
            language,
            applicants=number(groups.applicants, language, 0),
            read=_read(artifact, language),
        ),
        paragraph("model.groups.most_told", language, most=most_refused_in_words(groups.rates, language)),
        paragraph("model.groups.diagnostic", language, "cs-small"),
        element("div", "".join(drawn), "cs-figures"),
        paragraph(check, language, **counts),
        *([folded(_left_out(groups.without, language))] if groups.without else []),
    ]
    return section("groups", parts, language)


def _read(artifact: Artifact, language: Language) -> str:
    """Which of the attributes the model reads, in words."""
    assert artifact.groups is not None
    inputs = {name for item in artifact.model.features for name in (item.feature.name, item.feature.factor)}
    attributes = dict.fromkeys(group.attribute for group in artifact.groups.rates)
    read = [each for each in attributes if (AGE if each == AGE_BAND else each) in inputs]
    return ", ".join(attribute_words(each, language) for each in read) or text("screen.none", language)


def _left_out(without: Sequence[LeftOut], language: Language) -> Table:
    attributes = list(dict.fromkeys(each.attribute for left_out in without for each in left_out.approvals))
    rows: list[tuple[str, ...]] = []
    for left_out in without:
        label = fields()[left_out.name].label[language]
        name = text(f"model.left_out.{left_out.kind}", language, label=label, count=len(left_out.features))
        sides = (left_out.auc_with, left_out.auc_without), (left_out.cost_with, left_out.cost_without)
        figures = [ARROW.join(number(side, language, 3) for side in pair) for pair in sides]
        rows.append((name, *figures, *(_lowest(left_out, attribute, language) for attribute in attributes)))
    keys = ("what", "auc", "cost")
    headers = tuple(text(f"model.left_out.{key}", language) for key in keys)
    named = tuple(attribute_words(attribute, language) for attribute in attributes)
    return Table(text("model.left_out", language), (*headers, *named), rows)


def _lowest(left_out: LeftOut, attribute: str, language: Language) -> str:
    """The attribute's lowest four-fifths ratio with and without."""
    ours = [approval for approval in left_out.approvals if approval.attribute == attribute]
    sides = [
        [ratio for ratio in ratios if ratio is not None]
        for ratios in ([each.ratio_with for each in ours], [each.ratio_without for each in ours])
    ]
    return ARROW.join(number(min(side), language, 2) for side in sides) if all(sides) else ""
