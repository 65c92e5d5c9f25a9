"""Can applicants act on the reasons: the recourse audit of the artifact, of held-out applicants, made at training."""

from __future__ import annotations

from collections.abc import Iterator

from scoring.artifact.recourse_audit import Reached, RecourseAudit
from scoring.artifact.review import Agreement, Rate
from scoring.validation import Finding, Form, PackTable, Section
from training.audit.in_words import group_name, lowest_recourse, recourse_figures
from training.validation.bounds import Bounds
from training.validation.explanations import NOT_HELD
from training.validation.rows import Rows
from training.validation.section import pack_table, percent, section

TEST = "every plan scored again through the whole pipeline, at training"
SMALL = "Measured at training on applicants that it held out; groups of fewer than 30 of them show nothing."
FEW = "too few applicants"
MEASURED = {
    "recourse_found": "recourse_plan",
    "recourse_fixed": "recourse_fixed",
    "recourse_ratio": "recourse_ratio",
}


def recourse_section(rows: Rows, bounds: Bounds) -> Section:
    """The section on recourse."""
    audit, quality = rows.artifact.recourse, rows.artifact.quality
    findings = [*_findings(audit, bounds), _theme(quality.agreement if quality else None, bounds)]
    return section("recourse", [SMALL] if audit else [], findings, list(_tables(audit)) if audit else [])


def _findings(audit: RecourseAudit | None, bounds: Bounds) -> Iterator[Finding]:
    figures, told = recourse_figures(audit), _told(audit) if audit else {}
    for name, figure in MEASURED.items():
        words = told.get(name, FEW) if audit else NOT_HELD
        yield bounds.finding(name, figures.get(figure), words, TEST)


def _told(audit: RecourseAudit) -> dict[str, str]:
    """What was found, by the name of the finding, as far as there are enough applicants."""
    told, everybody, lowest = {}, audit.everybody, lowest_recourse(audit.groups)
    if everybody and everybody.plan.value is not None:
        told["recourse_found"] = (
            f"for {_share(everybody.plan)} of {everybody.applicants} applicants who are not approved, a plan within "
            "the limits gets them approved"
        )
        told["recourse_fixed"] = f"for {_share(everybody.fixed)}, no allowed move reaches another recommendation"
    if lowest:
        group, ratio = lowest
        told["recourse_ratio"] = (
            f"lowest {ratio:.3f}, {group_name(group)}, with a plan for {_share(group.reached.plan)}"
        )
    return told


def _share(rate: Rate) -> str:
    """A share that is known, with its interval."""
    value, low, high = (percent(end) for end in vars(rate).values() if end is not None)
    return f"{value} ({low} to {high})"


def _theme(agreement: Agreement | None, bounds: Bounds) -> Finding:
    theme = agreement.by_theme if agreement else None
    told = NOT_HELD if agreement is None else "no plan of the loan alone was found"
    if theme is not None:
        told = f"{percent(theme)} of the least plans of the loan alone move something of the theme of a reason"
    return bounds.finding("recourse_theme", theme, told, "reasons beside the least plan, at training")


def _tables(audit: RecourseAudit) -> Iterator[PackTable]:
    columns: dict[str, Form] = {"group": "text", "applicants": "count"}
    for name in ("with a plan", "fixed", "cost over the amount"):
        columns |= dict.fromkeys((name, f"{name}, low", f"{name}, high"), "share")
    rows = [(group_name(group), *_row(group.reached)) for group in audit.groups]
    if audit.everybody:
        rows.insert(0, ("everybody", *_row(audit.everybody)))
    yield pack_table("recourse", "Recourse by group, of those not approved", columns, rows)
    moves: dict[str, Form] = {"move": "text"}
    moves |= dict.fromkeys(("open to", "lowers the risk of", "gets approved"), "count")
    counts = [(move.words.en, move.open, move.lowers, move.alone) for move in audit.moves]
    yield pack_table("moves", "What each move comes to by itself", moves, counts)


def _row(reached: Reached) -> tuple[float | None, ...]:
    # Too small a group shows nothing, not even its number.
    applicants = None if reached.plan.value is None else reached.applicants
    rates = (reached.plan, reached.fixed, reached.burden)
    return (applicants, *(end for rate in rates for end in (rate.value, rate.low, rate.high)))
