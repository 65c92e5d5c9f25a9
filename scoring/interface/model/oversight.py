"""How the model is used, from the journal: overrides, time to decision, outcomes of loans, files. For reviewers."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import Engine

from scoring.errors import DatabaseError
from scoring.interface.html import page, words
from scoring.interface.model.parts import paragraph, scrolled, section
from scoring.oversight.files_scored import files_scored
from scoring.oversight.overrides import override_report
from scoring.oversight.overrides_shown import overrides_shown
from scoring.oversight.realised import performance_report
from scoring.oversight.realised_shown import performance_shown
from scoring.oversight.timing import timing_report
from scoring.oversight.timing_shown import timing_shown
from scoring.words.language import Language


def oversight_html(engine: Engine, language: Language) -> str:
    """The whole section."""
    try:
        reports = [
            overrides_shown(override_report(engine), language),
            timing_shown(timing_report(engine, datetime.now(UTC)), language),
            performance_shown(performance_report(engine), language),
            files_scored(engine, language),
        ]
    except DatabaseError:
        return page(
            [section("oversight", [paragraph("oversight.unavailable", language)], language)], language, "cs-model"
        )
    parts = [
        *(words("p", sentence) for report in reports for sentence in report.sentences),
        *(scrolled(table) for report in reports for table in report.tables),
    ]
    return page([section("oversight", parts, language)], language, "cs-model")
