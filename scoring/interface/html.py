"""Small builders of HTML; whatever comes from data or from a reader is escaped here."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from matplotlib.figure import Figure

from scoring.answers import Outcome
from scoring.charts import Table, to_svg
from scoring.fields import Language
from scoring.wording import text

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


def page(parts: Sequence[str], language: Language, classes: str = "") -> str:
    """Parts under one language, so that a screen reader pronounces them rightly."""
    return element("div", "".join(parts), f"cs {classes}".strip(), lang=language)


def icon(outcome: Outcome) -> str:
    """The sign of a decision; the words beside it say the same."""
    path = f'<path d="{ICON_PATHS[outcome]}"/>'
    return f'<svg class="cs-icon cs-{outcome}" viewBox="0 0 24 24" aria-hidden="true">{path}</svg>'


def notice(message: str, language: Language, kind: str = "info") -> str:
    """A message that a screen reader says at once; nothing at all for no message."""
    return page([words("p", message)], language, f"cs-notice cs-{kind}") if message else ""


def alert(message: str, language: Language) -> str:
    """What went wrong and how to mend it."""
    return element("div", notice(message, language, "problem"), role="alert") if message else ""


def table_html(table: Table) -> str:
    """A table in words; its first column names the rows."""
    head = element("tr", "".join(element("th", escape(name), scope="col") for name in table.headers))
    rows = [
        element("tr", element("th", escape(row[0]), scope="row") + "".join(words("td", cell) for cell in row[1:]))
        for row in table.rows
    ]
    body = element("thead", head) + element("tbody", "".join(rows))
    return element("table", words("caption", table.caption) + body, "cs-table")


def figure_html(figure: Figure, table: Table, language: Language) -> str:
    """A figure on a light card, with its twin in words folded under it."""
    drawing = element("div", to_svg(figure), "cs-drawing", role="img", aria_label=table.caption)
    twin = words("summary", text("screen.as_table", language)) + element("div", table_html(table), "cs-scroll")
    return page([drawing, element("details", twin)], language, "cs-figure")
