"""The validation pack in short: its verdicts and its main tables, in the reader's language."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import get_args

from scoring.interface.html import words
from scoring.interface.model.parts import folded, paragraph, scrolled, section
from scoring.markup import Table
from scoring.serving.service import Service
from scoring.validation import Cell, Column, Finding, Form, PackTable, ValidationPack, Verdict
from scoring.words.language import Language
from scoring.words.wording import amount, number, percent, short_number, text, texts

# What a reviewer looks at first; the pack's own page has every table.
LENDER_BANDS = "lender_bands"
MAIN_TABLES = (
    "discrimination",
    "bands",
    LENDER_BANDS,
    "calibration",
    "cut_offs",
    "complexity",
    "swap_set",
    "overrides",
)
# The most decimals of a figure that is neither a share nor an amount, and of a very small one.
DIGITS, SMALL_DIGITS = 4, 6
# From here on a figure has two decimals, and none, such as points.
TENS, TENS_DIGITS, LARGE = 10, 2, 100


def validation_section(service: Service, language: Language) -> str:
    """The whole section."""
    pack = service.validation
    if pack is None:
        return section("validation", [paragraph("model.no_validation", language)], language)
    other = pack.model.revision != service.artifact.identity.revision
    parts = [paragraph("model.validation.other", language, "cs-changed", version=pack.model.version)] if other else []
    parts.append(_summary(pack, language))
    if pack.outside:
        parts.append(scrolled(_findings("outside", pack.outside, language)))
    parts.append(folded(_findings("all", [finding for _, finding in pack.findings], language)))
    tables = {table.name: table for one in pack.sections for table in one.tables}
    if LENDER_BANDS in tables:
        tables[LENDER_BANDS] = _with_names(tables[LENDER_BANDS], service, language)
    parts += [folded(in_language(tables[name], language)) for name in MAIN_TABLES if name in tables]
    return section("validation", [*parts, paragraph("model.validation.whole", language, "cs-small")], language)


def _with_names(table: PackTable, service: Service, language: Language) -> PackTable:
    """The table by the lender's bands with their names in a language."""
    names = {band.name.en: band.name[language] for band in service.artifact.bands.bands}
    rows: list[list[Cell]] = [[names.get(str(name), name), *cells] for name, *cells in table.rows]
    return replace(table, rows=rows)


def _summary(pack: ValidationPack, language: Language) -> str:
    found = Counter(finding.verdict for _, finding in pack.findings)
    counts: dict[str, object] = {verdict: found[verdict] for verdict in get_args(Verdict)}
    applicants, defaults = (number(count, language, 0) for count in (pack.rows.applicants, pack.rows.defaults))
    who = {"version": pack.model.version, "applicants": applicants, "defaults": defaults}
    return words("p", text("model.validation.summary", language, **who, **counts))


def _findings(kind: str, findings: list[Finding], language: Language) -> Table:
    rows: list[tuple[str, ...]] = [
        (
            in_catalogue("finding", finding.name, language),
            "" if finding.value is None else _written(finding.value, language),
            _bound(finding, language),
            text(f"validation.verdict.{finding.verdict}", language),
        )
        for finding in findings
    ]
    headers = tuple(text(f"validation.{key}", language) for key in ("what", "value", "bound", "verdict"))
    return Table(text(f"model.validation.{kind}", language), headers, rows)


def _bound(finding: Finding, language: Language) -> str:
    limits = {
        side: _written(limit, language)
        for side, limit in (("least", finding.least), ("most", finding.most))
        if limit is not None
    }
    return text(f"validation.bound.{'_'.join(limits) or 'none'}", language, **limits)


def in_language(table: PackTable, language: Language) -> Table:
    """A table of the pack, whose own words are English."""
    headers = tuple(in_catalogue("column", column.heading, language) for column in table.columns)
    rows = [tuple(_cell(*pair, language) for pair in zip(row, table.columns, strict=True)) for row in table.rows]
    return Table(in_catalogue("table", table.name, language), headers, rows)


def in_catalogue(kind: str, english: str, language: Language) -> str:
    """Words of a pack from the catalogue; as they are, if another version of the code wrote them."""
    known = texts().get(f"validation.{kind}.{english}")
    return known[language] if known else english


def _cell(cell: Cell, column: Column, language: Language) -> str:
    if cell is None:
        return ""
    if isinstance(cell, str):
        return in_catalogue("cell", cell, language)
    return _figure(cell, column.form, language)


def _figure(value: float, form: Form, language: Language) -> str:
    match form:
        case "share":
            return percent(value, language)
        case "amount":
            return amount(value, language)
        case "count":
            return number(value, language, 0)
        case _:
            return _written(value, language)


def _written(value: float, language: Language) -> str:
    """A figure with as many decimals as its size asks for."""
    size = abs(value)
    if 0 < size < 10**-SMALL_DIGITS:
        return f"< {short_number(10**-SMALL_DIGITS, language, SMALL_DIGITS)}"
    if size >= TENS:
        return short_number(value, language, 0 if size >= LARGE else TENS_DIGITS)
    digits = DIGITS if size >= 10**-DIGITS else SMALL_DIGITS
    return short_number(value, language, digits)
