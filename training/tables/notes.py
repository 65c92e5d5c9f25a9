"""Notes on reinterpretations in a file, one line per kind."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

SHOWN = 3
# In output order; {markers} are the spellings that occurred.
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
    """The line for one kind: file, columns, what was done, and the number of cells."""
    words = WORDS[kind].format(markers=", ".join(marker or "blanks" for marker in markers)).strip()
    return f"{file}: {listed(list(counts))}: {words} ({sum(counts.values()):,} cells)"
