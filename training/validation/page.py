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
STYLE = """
@page { size: A4; margin: 14mm 12mm; }
body { font: 14px/1.45 system-ui, sans-serif; color: #1f2933; max-width: 70rem; margin: 2rem auto; padding: 0 1rem; }
table { border-collapse: collapse; width: 100%; margin: .75rem 0 1.25rem; font-variant-numeric: tabular-nums; }
caption { text-align: left; font-weight: 600; padding: .4rem 0; }
th, td { text-align: left; vertical-align: top; padding: .2rem .6rem .2rem 0; border-bottom: 1px solid #d9dee4;
  overflow-wrap: break-word; }
tbody th { font-weight: 400; }
.findings td:nth-child(2) { white-space: nowrap; }
.scroll { overflow-x: auto; }
.figures table { width: auto; }
.figures :is(th, td) { padding-right: 1.2rem; }
.short td { white-space: nowrap; }
.wide { font-size: 11px; }
.wide tbody th { min-width: 6rem; }
@media (min-width: 40rem) { .figures caption { white-space: nowrap; } }
.note { color: #52606d; }
h2 { border-top: 2px solid #1f2933; padding-top: .5rem; margin-top: 2rem; }
@media print {
  body { font-size: 9pt; margin: 0; max-width: none; padding: 0; }
  .figures :is(th, td) { padding-right: .7rem; }
  .wide { font-size: 6.5pt; }
  .scroll { overflow: visible; }
  thead { display: table-header-group; }
  tr, caption { break-inside: avoid; }
  h2, h3, caption { break-after: avoid; }
  a { color: inherit; text-decoration: none; }
}
"""
# Figures stand on the right of their columns, so that their digits do below one another.
MOST_COLUMNS = 20
ALIGNED = "".join(f".n{at} tr > :nth-child({at}) {{ text-align: right; }}\n" for at in range(1, MOST_COLUMNS + 1))
WIDE = 8
# From here on a figure, such as points, has one decimal.
LARGE = 100
NO_BREAK = "\u00a0"


def pack_page(pack: ValidationPack) -> str:
    """The whole page."""
    title = f"Validation of {pack.model.version}"
    screen = '<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'
    head = f"<head>{screen}{words('title', title)}<style>{STYLE}{ALIGNED}</style></head>"
    body = [
        words("h1", title),
        words("p", _summary(pack)),
        _contents(pack),
        element("h2", "Findings", id="findings"),
        _all_findings(pack),
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
    return element("div", element("table", words("caption", "Contents") + table), "scroll")


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
            _findings(section.findings) if section.findings else "",
            *(_table(table) for table in section.tables),
        ]
    )


def _all_findings(pack: ValidationPack) -> str:
    """The verdicts in short; each section says how they were found."""
    rows: list[tuple[str, ...]] = [
        (
            finding.name.replace("_", " "),
            _verdict(finding),
            value_in_words(finding.value),
            bound_in_words(finding).replace(" ", NO_BREAK),
            section.title,
        )
        for section, finding in pack.findings
    ]
    html = table_html(Table("All findings", ("finding", "verdict", "value", "bound", "section"), rows))
    return element("div", html, "findings short scroll figures n3")


def _findings(findings: list[Finding]) -> str:
    rows: list[tuple[str, ...]] = [
        (
            finding.name.replace("_", " "),
            _verdict(finding),
            finding.told,
            finding.test,
            value_in_words(finding.value),
            bound_in_words(finding).replace(" ", NO_BREAK),
        )
        for finding in findings
    ]
    heads = ("finding", "verdict", "what was found", "test", "value", "bound")
    return element("div", table_html(Table("Findings", heads, rows)), "findings scroll n5")


def _verdict(finding: Finding) -> str:
    return VERDICTS[finding.verdict].replace(" ", NO_BREAK)


def value_in_words(value: float | None) -> str:
    """What is held to a bound, as a lender reads it; all its digits are in the workbook."""
    if value is None:
        return ""
    return f"{value:,.0f}" if abs(value) >= LARGE else f"{value:.4g}"


def bound_in_words(finding: Finding) -> str:
    """A finding's bound, as a lender reads it."""
    least, most = (None if limit is None else f"{limit:g}" for limit in (finding.least, finding.most))
    if least and most:
        return f"{least} to {most}"
    return f"at least {least}" if least else f"at most {most}" if most else "none"


def _table(table: PackTable) -> str:
    rows = [tuple(_cells(row, table.columns)) for row in table.rows[:MOST_ROWS]]
    shown = [column for column in table.columns if not _is_end(column)]
    html = table_html(Table(table.caption, tuple(column.heading for column in shown), rows))
    more = len(table.rows) - len(rows)
    note = words("p", f"{more:,} more rows on the sheet {table.name} of {WORKBOOK}.", "note") if more else ""
    classes = ["scroll", "figures", *(["wide"] if len(shown) > WIDE else [])]
    classes += [f"n{at}" for at, column in enumerate(shown, 1) if column.form != "text"]
    return element("div", html + note, " ".join(classes))


def _is_end(column: Column) -> bool:
    """Whether it is an end of the interval of the column before."""
    return column.heading.split(", ")[-1] in ("low", "high")


def _cells(row: Sequence[Cell], columns: Sequence[Column]) -> list[str]:
    """The cells as the page writes them: a figure's interval behind it, in brackets, with as many decimals."""
    cells: list[str] = []
    at = 0
    while at < len(row):
        ends = 2 if at + 2 < len(row) and _is_end(columns[at + 1]) else 0
        some = row[at : at + 1 + ends]
        size = max((abs(cell) for cell in some if cell is not None and not isinstance(cell, str)), default=0.0)
        figure, *interval = (in_words(cell, columns[at].form, size) for cell in some)
        cells.append(f"{figure} ({interval[0]} to {interval[1]})" if all(interval) and interval else figure)
        at += 1 + ends
    return cells


def in_words(cell: Cell, form: Form, size: float) -> str:
    """A cell as the page writes it; `size` is that of the largest figure which it stands with."""
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
    if size >= LARGE:
        return f"{cell:,.1f}"
    return f"{cell:.4f}" if size >= 1e-4 or size == 0 else f"{cell:.2e}"
