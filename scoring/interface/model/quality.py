"""How far the explanations can be relied on, each figure with what it means."""

from __future__ import annotations

from scoring.artifact.lineage import lineage_of
from scoring.artifact.load import Artifact
from scoring.artifact.review import ExplanationQuality
from scoring.interface.model.parts import ARROW, paragraph, scrolled, section
from scoring.markup import Table
from scoring.words.language import Language
from scoring.words.wording import number, percent, short_number, text

# Sums of thousands of leaves differ by rounding; below this the difference is meaningless.
ROUNDING, DIGITS = 1e-6, 6


def quality_figures(quality: ExplanationQuality) -> dict[str, float | None]:
    """The figures under the names by which a lineage stores those of the previous version."""
    return {
        "additivity_error": quality.additivity_error,
        "perturbed_contribution_change": quality.perturbed.contribution_change,
        "perturbed_kept_reasons": quality.perturbed.kept_reasons,
        "neighbours_contribution_change": quality.neighbours.contribution_change,
        "neighbours_kept_reasons": quality.neighbours.kept_reasons,
        "strangers_contribution_change": quality.strangers.contribution_change,
        "strangers_kept_reasons": quality.strangers.kept_reasons,
        "compacity_median": quality.compacity.median,
        "compacity_told_by_ten": quality.compacity.told_by_ten,
        "agreement_by_theme": quality.agreement.by_theme,
    }


def _written(name: str, value: float | None, language: Language) -> str:
    if value is None:
        return text("model.too_few", language)
    match name:
        case "additivity_error":
            least = short_number(ROUNDING, language, DIGITS)
            return f"< {least}" if value < ROUNDING else short_number(value, language, DIGITS)
        case "compacity_median":
            return short_number(value, language, 0)
        case _ if name.endswith("contribution_change"):
            return number(value, language, 2)
        case _:
            return percent(value, language, 0)


def quality_section(artifact: Artifact, language: Language) -> str:
    """The whole section, with the previous version's figures if they are known."""
    quality, lineage = artifact.quality, lineage_of(artifact.manifest)
    if quality is None:
        return section("quality", [paragraph("model.no_quality", language)], language)
    before = lineage.changes.explanations if lineage and lineage.changes else {}
    rows: list[tuple[str, ...]] = []
    for name, value in quality_figures(quality).items():
        was = before[name][0] if name in before else None
        written = _written(name, value, language)
        if was is not None:
            written = _written(name, was, language) + ARROW + written
        rows.append((text(f"model.quality.{name}", language), written, text(f"model.quality.{name}.means", language)))
    headers = tuple(text(f"model.accuracy.{key}", language) for key in ("figure", "value", "means"))
    applicants = number(quality.applicants, language, 0)
    table = Table(text("model.quality.table", language, applicants=applicants), headers, rows)
    return section("quality", [paragraph("model.quality.intro", language), scrolled(table)], language)
