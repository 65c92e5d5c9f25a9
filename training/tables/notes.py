"""What is said of a file that was read otherwise than it is written: one line per kind."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

SHOWN = 3
# In the order in which they are said; {markers} are the spellings that were met.
WORDS = {
    "missing": "{markers} read as missing",
    "stripped": "blanks around the text left out",
    "flag": "{markers} read as a yes or no",
    "comma": "read with a decimal comma",
    "groups": "read without the spaces between thousands",
    "duration": "durations read as days",
    "typed": "text read as numbers",
}


def listed(names: Sequence[str], shown: int = SHOWN) -> str:
    """The first few names and how many more there are."""
    more = f" and {len(names) - shown} more" if len(names) > shown else ""
    return f"{', '.join(names[:shown])}{more}"


def note(file: str, kind: str, counts: dict[str, int], markers: Iterable[str] = ()) -> str:
    """One kind in one line: file, columns, what was done, and in how many cells."""
    words = WORDS[kind].format(markers=", ".join(marker or "blanks" for marker in markers)).strip()
    return f"{file}: {listed(list(counts))}: {words} ({sum(counts.values()):,} cells)"
