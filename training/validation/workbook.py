"""The pack as an Excel workbook: the findings, then every table on a sheet of its own, whole.

An .xlsx file is a zip whose members and properties hold the time of writing: both are set to a fixed one, so that the
same pack gives the same bytes.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Sequence
from pathlib import Path

from openpyxl import Workbook
from openpyxl.cell import Cell as OneCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from scoring.validation import Cell, Column, Form, PackTable, ValidationPack
from training.validation.page import LARGE, bound_in_words

FORMATS: dict[Form, str] = {
    "text": "@",
    "count": "#,##0",
    "share": "0.00%",
    "number": "0.0000",
    "amount": "#,##0",
    "p_value": "0.0000",
}
LARGE_NUMBER = "#,##0.0"
# The earliest that a zip can hold.
LONG_AGO = (1980, 1, 1, 0, 0, 0)
WRITTEN = re.compile(rb"(<dcterms:(created|modified)[^>]*>)[^<]*")
WIDEST, NARROWEST = 60, 10
# Stands for a control character, such as a level of a damaged table may hold.
REPLACEMENT = "\ufffd"


def write_workbook(pack: ValidationPack, out: Path) -> None:
    """Writes the workbook."""
    book = Workbook()
    first = book.active
    first.title = "findings"
    _fill(first, "All findings", FINDING_COLUMNS, _finding_rows(pack))
    for table in tables(pack):
        _fill(book.create_sheet(table.name), table.caption, table.columns, table.rows)
    written = io.BytesIO()
    book.save(written)
    out.write_bytes(without_time(written.getvalue()))


def tables(pack: ValidationPack) -> list[PackTable]:
    """All tables, in the order of the page."""
    return [table for section in pack.sections for table in section.tables]


FINDING_COLUMNS = [
    *(Column(name, "text") for name in ("section", "finding", "verdict")),
    Column("value", "number"),
    *(Column(name, "text") for name in ("bound", "what was found", "test", "SR 26-2", "EU AI Act")),
]


def _finding_rows(pack: ValidationPack) -> list[list[Cell]]:
    return [
        [
            *(section.title, finding.name, finding.verdict, finding.value, bound_in_words(finding)),
            *(finding.told, finding.test, section.sr_26_2, section.ai_act),
        ]
        for section, finding in pack.findings
    ]


def _fill(sheet: Worksheet, caption: str, columns: Sequence[Column], rows: Sequence[Sequence[Cell]]) -> None:
    """The caption, the headings, and the rows."""
    _write(sheet, 1, 1, caption, "text").font = Font(bold=True)
    for number, column in enumerate(columns, 1):
        _write(sheet, 2, number, column.heading, "text").font = Font(bold=True)
        longest = max([len(column.heading), *(len(str(row[number - 1])) for row in rows)])
        sheet.column_dimensions[get_column_letter(number)].width = min(WIDEST, max(NARROWEST, longest + 2))
        for line, row in enumerate(rows, 3):
            _write(sheet, line, number, row[number - 1], column.form)
    sheet.freeze_panes = "A3"


def _write(sheet: Worksheet, row: int, column: int, value: Cell, form: Form) -> OneCell:
    """One cell; a text that begins like a formula stays a text, and what XML cannot hold is marked."""
    shown = ILLEGAL_CHARACTERS_RE.sub(REPLACEMENT, value) if isinstance(value, str) else value
    cell = sheet.cell(row, column, shown)
    cell.number_format = FORMATS[form]
    if isinstance(value, str):
        cell.data_type = "s"
        cell.alignment = Alignment(vertical="top", wrap_text=len(value) > WIDEST and row > 1)
    elif form == "number" and value is not None and abs(value) >= LARGE:
        cell.number_format = LARGE_NUMBER
    return cell


def without_time(content: bytes) -> bytes:
    """The same zip with every time in it set to a fixed one."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as before, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as after:
        for name in before.namelist():
            data = before.read(name)
            if name == "docProps/core.xml":
                data = WRITTEN.sub(rb"\g<1>1980-01-01T00:00:00Z", data)
            after.writestr(zipfile.ZipInfo(name, LONG_AGO), data, zipfile.ZIP_DEFLATED)
    return out.getvalue()
