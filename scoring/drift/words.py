"""Changes of a column, in words of either language."""

from __future__ import annotations

from scoring.drift.report import Change
from scoring.words.language import Language
from scoring.words.wording import percent, short_number, text

# Medians of scores need three decimals, medians of amounts none; trailing zeros are dropped.
DIGITS = 3


def change_in_words(change: Change, language: Language) -> str:
    """One change as half a sentence."""
    if change.kind in ("unit", "median", "spread"):
        before, after = (short_number(value, language, DIGITS) for value in (change.before, change.after))
        unit = text(f"drift.unit.{change.subject}", language) if change.kind == "unit" else ""
        return text(f"drift.change.{change.kind}", language, unit=unit, before=before, after=after)
    before, after = (percent(share, language) for share in (change.before, change.after))
    return text(f"drift.change.{change.kind}", language, subject=change.subject, before=before, after=after)


def changes_in_words(changes: tuple[Change, ...], language: Language) -> str:
    """All changes of a column, joined."""
    return text("drift.join", language).join(change_in_words(change, language) for change in changes)
