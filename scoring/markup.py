"""HTML building blocks for the page and for documents; all data and user input is escaped here."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

from scoring.answers.applicant import Outcome


@dataclass(frozen=True)
class Table:
    """A table for a figure: title, column names, and rows of as many cells."""

    caption: str
    headers: tuple[str, ...]
    rows: list[tuple[str, ...]]


# Shapes differ, not only colours: a tick, two arrows, a cross.
ICON_PATHS: dict[Outcome, str] = {
    "approve": "M5 12.5l4.5 4.5L19 7.5",
    "refer": "M4 9h13m-4-4 4 4-4 4M20 16H7m4-4-4 4 4 4",
    "refuse": "M6.5 6.5l11 11m0-11l-11 11",
}


def element(tag: str, content: str, classes: str = "", **attributes: str) -> str:
    """An element around content that is HTML already; attribute values are escaped."""
    given = {"class": classes, **{name.replace("_", "-"): value for name, value in attributes.items()}}
    written = "".join(f' {name}="{escape(value)}"' for name, value in given.items() if value)
    return f"<{tag}{written}>{content}</{tag}>"


def words(tag: str, content: str, classes: str = "") -> str:
    """An element around plain words."""
    return element(tag, escape(content), classes)


def icon(outcome: Outcome) -> str:
    """The icon of a decision; the text beside it says the same."""
    path = f'<path d="{ICON_PATHS[outcome]}"/>'
    return f'<svg class="cs-icon cs-{outcome}" viewBox="0 0 24 24" aria-hidden="true">{path}</svg>'


def table_html(table: Table) -> str:
    """A table whose first column contains row headers."""
    head = element("tr", "".join(element("th", escape(name), scope="col") for name in table.headers))
    rows = [
        element("tr", element("th", escape(row[0]), scope="row") + "".join(words("td", cell) for cell in row[1:]))
        for row in table.rows
    ]
    body = element("thead", head) + element("tbody", "".join(rows))
    return element("table", words("caption", table.caption) + body, "cs-table")
