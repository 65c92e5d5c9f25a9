"""Who can get from no to yes: recourse by group, with intervals, and by move."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from scoring.artifact.load import Artifact
from scoring.artifact.recourse_audit import RecourseAudit
from scoring.artifact.review import Rate
from scoring.charts import moves_table, recourse_figure, recourse_table, svg
from scoring.interface.html import element, figure_html
from scoring.interface.model.parts import paragraph, scrolled, section
from scoring.words.language import Language
from scoring.words.wording import number, percent, text

COUNTS = ("applicants", "with_history", "by_loan", "by_history", "by_both")


def recourse_section(artifact: Artifact, language: Language) -> str:
    """The whole section."""
    audit = artifact.recourse
    if audit is None:
        return section("recourse", [paragraph("model.no_recourse", language)], language)
    if audit.everybody is None:
        return section("recourse", [paragraph("model.recourse.nobody", language)], language)
    counts = {name: number(getattr(audit, name), language, 0) for name in COUNTS}
    rates = {name: getattr(audit.everybody, name) for name in ("plan", "fixed", "burden")}
    shares = {name: _share(rate, language) for name, rate in rates.items()}
    parts = [
        paragraph("model.recourse.who", language, **counts, **shares),
        paragraph("model.recourse.diagnostic", language, "cs-small"),
        element("div", "".join(_figures(audit, language)), "cs-figures"),
        scrolled(moves_table(audit, language)),
    ]
    return section("recourse", parts, language)


def _share(rate: Rate, language: Language) -> str:
    return text("model.too_few", language) if rate.value is None else percent(rate.value, language)


def _figures(audit: RecourseAudit, language: Language) -> Iterator[str]:
    """A figure for each attribute that has a group with enough applicants."""
    assert audit.everybody is not None
    for _, listed in groupby(audit.groups, key=lambda group: group.attribute):
        groups = list(listed)
        known = [group for group in groups if group.reached.plan.value is not None]
        if known:
            drawn = svg(recourse_figure, known, audit.everybody.plan.value or 0.0, language)
            yield figure_html(drawn, recourse_table(groups, language), language)
