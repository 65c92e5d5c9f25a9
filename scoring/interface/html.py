"""HTML of the page, beyond `scoring.markup`: parts in one language, messages, and figures with their tables."""

from __future__ import annotations

from collections.abc import Sequence

from scoring.markup import Table, element, icon, table_html, words
from scoring.words.language import Language
from scoring.words.wording import text

__all__ = ["alert", "element", "figure_html", "icon", "notice", "page", "scrolling", "table_html", "words"]


def page(parts: Sequence[str], language: Language, classes: str = "") -> str:
    """Parts in one language, so that a screen reader pronounces them correctly."""
    return element("div", "".join(parts), f"cs {classes}".strip(), lang=language)


def notice(message: str, language: Language, kind: str = "info") -> str:
    """A message that a screen reader announces at once; empty for no message."""
    return page([words("p", message)], language, f"cs-notice cs-{kind}") if message else ""


def alert(message: str, language: Language) -> str:
    """An error message."""
    return element("div", notice(message, language, "problem"), role="alert") if message else ""


def scrolling(content: str, label: str) -> str:
    """Content that may be wider than the window; focusable, so that the keyboard can scroll it."""
    return element("div", content, "cs-scroll", tabindex="0", role="region", aria_label=label)


def figure_html(svg: str, table: Table, language: Language) -> str:
    """A figure on a card, with its table folded below."""
    drawing = element("div", svg, "cs-drawing", role="img", aria_label=table.caption)
    twin = words("summary", text("screen.as_table", language)) + scrolling(table_html(table), table.caption)
    return page([drawing, element("details", twin)], language, "cs-figure")
