"""A report in words: sentences and tables, as HTML for the page or as plain text for a terminal."""

from __future__ import annotations

from dataclasses import dataclass

from scoring.markup import Table, element, table_html, words
from scoring.oversight.decisions import Rate
from scoring.words.language import Language
from scoring.words.wording import number, percent, text

NOTHING = "–"
GAP = "  "


@dataclass(frozen=True)
class Shown:
    """Sentences, then tables."""

    sentences: tuple[str, ...]
    tables: tuple[Table, ...]

    def html(self) -> str:
        """Elements for a page; everything is escaped."""
        parts = [words("p", sentence) for sentence in self.sentences]
        return element("div", "".join([*parts, *(table_html(table) for table in self.tables)]), "cs-oversight")

    def plain(self) -> str:
        """Text for a terminal, with columns below each other."""
        return "\n\n".join(["\n".join(self.sentences), *(_plain(table) for table in self.tables)])


def _plain(table: Table) -> str:
    rows = [table.headers, *table.rows]
    widths = [max(len(row[index]) for row in rows) for index in range(len(table.headers))]
    lines = [
        GAP.join(
            [row[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))]
        )
        for row in rows
    ]
    return "\n".join([table.caption, *(line.rstrip() for line in lines)])


def counted(value: int, language: Language) -> str:
    """A count, with grouped thousands."""
    return number(value, language, 0)


def share_in_words(rate: Rate, language: Language) -> str:
    """A share with its interval: "12.5% (8.0% to 19.1%)"; a dash if it is of nothing."""
    if rate.share is None or rate.low is None or rate.high is None:
        return NOTHING
    share, low, high = (percent(value, language) for value in (rate.share, rate.low, rate.high))
    return text("oversight.share", language, share=share, low=low, high=high)


def percent_or_nothing(share: float | None, language: Language) -> str:
    """A share as a percentage; a dash if there is none."""
    return NOTHING if share is None else percent(share, language)


def erased_sentence(erased: int, language: Language) -> list[str]:
    """That some decisions are left out because their applicants were erased, if so."""
    return [text("oversight.erased", language, count=counted(erased, language))] if erased else []
