"""What has drifted since training, with a link to the whole report, which this app serves itself."""

from __future__ import annotations

from dataclasses import replace

from scoring.drift.page import column_table, performance_tables, score_tables, sentences
from scoring.interface.html import element, words
from scoring.interface.model.parts import paragraph, scrolled, section
from scoring.serving.service import Service
from scoring.words.language import Language
from scoring.words.wording import text

# Where the app serves the whole report, beside the page.
REPORT_PATH = "drift"
MOST_COLUMNS = 10


def drift_section(service: Service, language: Language) -> str:
    """The whole section."""
    report, artifact = service.drift, service.artifact
    if report is None:
        return section("drift", [paragraph("model.no_drift", language)], language)
    parts = [] if report.is_about(artifact.identity) else [paragraph("model.drift.other", language, "cs-changed")]
    parts += [words("p", sentence) for sentence in sentences(report, language)]
    if report.drifted:
        table = column_table(report, artifact.model.features, language, drifted_only=True)
        parts.append(scrolled(replace(table, rows=table.rows[:MOST_COLUMNS])))
        if (more := len(table.rows) - MOST_COLUMNS) > 0:
            parts.append(paragraph("model.drift.more", language, "cs-small", count=more))
    parts += [scrolled(table) for table in score_tables(report, language)]
    parts += [scrolled(table) for table in performance_tables(report, language)]
    if report.estimated:
        parts.append(paragraph("drift.performance.note", language, "cs-small"))
    link = words("span", text("model.drift.report", language))
    address = f"{REPORT_PATH}?language={language}"
    parts.append(element("p", element("a", link, href=address, target="_blank", rel="noopener")))
    return section("drift", parts, language)
