"""HTML in small pieces, for the page and for documents; whatever comes from data or from a reader is escaped here."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

from scoring.answers import Outcome


@dataclass(frozen=True)
class Table:
    """A figure's content in words: what it shows, the columns' names, and rows of as many cells."""

    caption: str
    headers: tuple[str, ...]
    rows: list[tuple[str, ...]]


# Shapes differ as well as colours: a tick, two arrows, a cross.
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
    """The sign of a decision; the words beside it say the same."""
    path = f'<path d="{ICON_PATHS[outcome]}"/>'
    return f'<svg class="cs-icon cs-{outcome}" viewBox="0 0 24 24" aria-hidden="true">{path}</svg>'


def table_html(table: Table) -> str:
    """A table in words; its first column names the rows."""
    head = element("tr", "".join(element("th", escape(name), scope="col") for name in table.headers))
    rows = [
        element("tr", element("th", escape(row[0]), scope="row") + "".join(words("td", cell) for cell in row[1:]))
        for row in table.rows
    ]
    body = element("thead", head) + element("tbody", "".join(rows))
    return element("table", words("caption", table.caption) + body, "cs-table")
