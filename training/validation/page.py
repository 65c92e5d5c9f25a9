"""The pack as one self-contained page without scripts, which prints on A4."""

from __future__ import annotations

from collections.abc import Sequence

from scoring.markup import Table, element, table_html, words
from scoring.validation import PAGE, WORKBOOK, Cell, Column, Finding, Form, PackTable, Section, ValidationPack, Verdict

# Longer tables would fill the print; the workbook has them whole.
MOST_ROWS = 40
VERDICTS: dict[Verdict, str] = {
    "within": "✓ within",
    "outside": "✗ outside",
    "unbounded": "– no bound",
    "untested": "? not tested",
}
STYLE = """<style>
@page { size: A4; margin: 14mm 12mm; }
body { font: 14px/1.45 system-ui, sans-serif; color: #1f2933; max-width: 70rem; margin: 2rem auto; padding: 0 1rem; }
table { border-collapse: collapse; width: 100%; margin: .75rem 0 1.25rem; font-variant-numeric: tabular-nums; }
caption { text-align: left; font-weight: 600; padding: .4rem 0; }
th, td { text-align: left; vertical-align: top; padding: .2rem .6rem .2rem 0; border-bottom: 1px solid #d9dee4;
  overflow-wrap: break-word; }
tbody th { font-weight: 400; overflow-wrap: anywhere; }
.findings tbody th { overflow-wrap: normal; }
.findings td:nth-child(2) { white-space: nowrap; }
.wide { font-size: 11px; }
.scroll { overflow-x: auto; }
.note { color: #52606d; }
h2 { border-top: 2px solid #1f2933; padding-top: .5rem; margin-top: 2rem; }
@media print {
  body { font-size: 9pt; margin: 0; max-width: none; padding: 0; }
  .wide { font-size: 6.5pt; }
  .scroll { overflow: visible; }
  thead { display: table-header-group; }
  tr, caption { break-inside: avoid; }
  h2, h3, caption { break-after: avoid; }
  a { color: inherit; text-decoration: none; }
}
</style>"""
WIDE = 8
# From here on a figure, such as points, has one decimal.
LARGE = 100
NO_BREAK = "\u00a0"


def pack_page(pack: ValidationPack) -> str:
    """The whole page."""
    title = f"Validation of {pack.model.version}"
    head = f'<head><meta charset="utf-8">{words("title", title)}{STYLE}</head>'
    body = [
        words("h1", title),
        words("p", _summary(pack)),
        _contents(pack),
        element("h2", "Findings", id="findings"),
        _findings([finding for _, finding in pack.findings], "All findings"),
        *(_section(section) for section in pack.sections),
        words("p", f"{PAGE}, {WORKBOOK} and the JSON beside them hold the same figures.", "note"),
    ]
    html = f'<!doctype html><html lang="en">{head}{element("body", "".join(body))}</html>\n'
    return html.replace(" %", f"{NO_BREAK}%")


def _summary(pack: ValidationPack) -> str:
    rows = pack.rows
    outside = ", ".join(finding.name.replace("_", " ") for finding in pack.outside)
    against = f" Compared with {pack.against.version} ({pack.against.revision})." if pack.against else ""
    return (
        f"Version {pack.model.version} ({pack.model.source}, {pack.model.revision}); {rows.applicants:,} {rows.told}; "
        f"{rows.defaults:,} of them defaulted.{against} Outside the lender's bounds: {outside or 'nothing'}."
    )


def _contents(pack: ValidationPack) -> str:
    """The table of contents, with where the rules ask for each section, and the worst of its verdicts."""
    heads = ("section", "SR 26-2", "EU AI Act", "findings")
    head = element("tr", "".join(element("th", name, scope="col") for name in heads))
    lines = [
        element(
            "tr",
            element("th", element("a", words("span", section.title), href=f"#{section.name}"), scope="row")
            + "".join(words("td", cell) for cell in (section.sr_26_2, section.ai_act, _counted(section))),
        )
        for section in pack.sections
    ]
    table = element("thead", head) + element("tbody", "".join(lines))
    return element("table", words("caption", "Contents") + table)


def _counted(section: Section) -> str:
    verdicts = [finding.verdict for finding in section.findings]
    return (
        ", ".join(f"{verdicts.count(kind)} {label[2:]}" for kind, label in VERDICTS.items() if kind in verdicts)
        or "none"
    )


def _section(section: Section) -> str:
    return "".join(
        [
            element("h2", words("span", section.title), id=section.name),
            words("p", f"SR 26-2: {section.sr_26_2}. EU AI Act: {section.ai_act}.", "note"),
            *(words("p", paragraph) for paragraph in section.told),
            _findings(section.findings, "Findings") if section.findings else "",
            *(_table(table) for table in section.tables),
        ]
    )


def _findings(findings: list[Finding], caption: str) -> str:
    rows: list[tuple[str, ...]] = [
        (
            finding.name.replace("_", " "),
            VERDICTS[finding.verdict].replace(" ", NO_BREAK),
            finding.told,
            finding.test,
            bound_in_words(finding),
        )
        for finding in findings
    ]
    html = table_html(Table(caption, ("finding", "verdict", "what was found", "test", "bound"), rows))
    return element("div", html, "findings")


def bound_in_words(finding: Finding) -> str:
    """A finding's bound, as a lender reads it."""
    least, most = (None if limit is None else f"{limit:g}" for limit in (finding.least, finding.most))
    if least and most:
        return f"{least} to {most}"
    return f"at least {least}" if least else f"at most {most}" if most else "none"


def _table(table: PackTable) -> str:
    rows = [tuple(_cells(row, table.columns)) for row in table.rows[:MOST_ROWS]]
    heads = tuple(column.heading for column in table.columns if not _is_end(column))
    html = table_html(Table(table.caption, heads, rows))
    more = len(table.rows) - len(rows)
    note = words("p", f"{more} more rows on the sheet {table.name} of {WORKBOOK}.", "note") if more else ""
    return element("div", html + note, "scroll wide" if len(heads) > WIDE else "scroll")


def _is_end(column: Column) -> bool:
    """Whether it is an end of the interval of the column before."""
    return column.heading.split(", ")[-1] in ("low", "high")


def _cells(row: Sequence[Cell], columns: Sequence[Column]) -> list[str]:
    """The cells as the page writes them: a figure's interval behind it, in brackets."""
    cells: list[str] = []
    ends: list[str] = []
    for cell, column in zip(row, columns, strict=True):
        written = in_words(cell, column.form)
        if not _is_end(column):
            cells.append(written)
            continue
        ends.append(written)
        if len(ends) == 2:
            cells[-1] += f" ({ends[0]} to {ends[1]})" if all(ends) else ""
            ends = []
    return cells


def in_words(cell: Cell, form: Form) -> str:
    """A cell as the page writes it."""
    if cell is None:
        return ""
    if isinstance(cell, str):
        return cell
    if form == "share":
        return f"{100 * cell:.2f} %"
    if form in ("count", "amount"):
        return f"{cell:,.0f}"
    if form == "p_value":
        return "< 0.0001" if cell < 1e-4 else f"{cell:.4f}"
    if abs(cell) >= LARGE:
        return f"{cell:,.1f}"
    return f"{cell:.4f}" if abs(cell) >= 1e-4 or cell == 0 else f"{cell:.2e}"
