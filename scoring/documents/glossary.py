"""The glossary's part on fields: what each means, where it comes from and what could change it, as Markdown."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from scoring.errors import InvalidInputError
from scoring.files import complete_or_absent
from scoring.schema.features import derived_features
from scoring.schema.fields import fields
from scoring.schema.sayings import Sayings, family_sayings, field_sayings
from scoring.words.language import LANGUAGES, Words

# All after this line is generated.
BEGIN = "<!-- From the lender's tables: python -m scoring glossary -->"
HEADERS = ("name", "English", "French", "meaning", "where it comes from", "what could change it")


def glossary(written: str) -> str:
    """The glossary with its part on fields made again.

    Raises:
        InvalidInputError: it has no line at which that part begins.
    """
    before, found, _ = written.partition(BEGIN)
    if not found:
        raise InvalidInputError(f"The glossary has no line {BEGIN!r}: put it where the fields are to stand.")
    labels = {name: field.label for name, field in fields().items()}
    labels |= {feature.name: feature.label for feature in derived_features()}
    sayings = field_sayings()
    of_fields = _table((name, labels[name], sayings[name]) for name in fields())
    of_derived = _table((item.name, item.label, sayings[item.name]) for item in derived_features())
    families = _table((name, sayings.meaning, sayings) for name, sayings in family_sayings().items())
    parts = ["## Fields", of_fields, "## Derived features", of_derived, "## Families of history features", families]
    return f"{before}{BEGIN}\n\n" + "\n\n".join(parts) + "\n"


def write_glossary(path: Path) -> None:
    """Makes the fields' part of a glossary again.

    Raises:
        InvalidInputError: it is not there, or has no line at which that part begins.
        OutputError: it cannot be written.
    """
    if not path.is_file():
        raise InvalidInputError(f"{path} is not there. Name the glossary.")
    made = glossary(path.read_text(encoding="utf-8"))
    with complete_or_absent(path) as partial:
        partial.write_text(made, encoding="utf-8")


def _table(rows: Iterable[tuple[str, Words, Sayings]]) -> str:
    lines = [HEADERS, ("---",) * len(HEADERS)]
    lines += [(f"`{name}`", *_cells(label, sayings)) for name, label, sayings in rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _cells(label: Words, sayings: Sayings) -> list[str]:
    """The label in both languages, and the rest in both, one under the other."""
    both = (sayings.meaning, sayings.source, sayings.change)
    return [label.en, label.fr, *("<br>".join(words[language] for language in LANGUAGES) for words in both)]
