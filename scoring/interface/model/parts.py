"""Shared parts of the sections: frame, lists of facts, and tables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from scoring.interface.html import element, scrolling, table_html, words
from scoring.markup import Table
from scoring.words.language import Language
from scoring.words.wording import text

# As in other figures that tell two sides apart.
ARROW = " → "


def section(name: str, parts: Iterable[str], language: Language) -> str:
    """A section under its question; `name` is where links lead."""
    title = words("h2", text(f"model.section.{name}", language))
    return element("section", title + "".join(parts), "cs-card cs-section", id=f"model-{name}", tabindex="-1")


def paragraph(key: str, language: Language, classes: str = "", **slots: object) -> str:
    """A paragraph of the catalogue."""
    return words("p", text(key, language, **slots), classes)


def facts(known: Mapping[str, str]) -> str:
    """A list of facts with their labels."""
    return element(
        "dl", "".join(words("dt", name) + words("dd", fact) for name, fact in known.items()), "cs-provenance"
    )


def scrolled(table: Table) -> str:
    """A table that scrolls sideways on a narrow screen."""
    return scrolling(table_html(table), table.caption)


def folded(table: Table) -> str:
    """A table that unfolds from its caption."""
    return element("details", words("summary", table.caption) + scrolled(table))
