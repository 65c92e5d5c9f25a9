"""The what-if form: raw fields to form entries, and entries back to raw values.

Days before the application are entered as positive years, and numbers as the reader writes them. Untouched entries are
never converted back: only those that differ from what the form first showed are changes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import groupby

from scoring.errors import InvalidInputError
from scoring.lender.roles import NOT_EMPLOYED
from scoring.schema.definition import Raw, checked_value
from scoring.schema.features import derived_features, restated_fields
from scoring.schema.fields import Field, fields
from scoring.schema.sayings import field_sayings
from scoring.units import DAYS_PER_YEAR
from scoring.words.language import Language, Words
from scoring.words.typed import read_typed, written
from scoring.words.wording import range_in_words, text, texts, value_in_words

# Stands for "not on file" in a menu, whose values must be words or numbers.
NOT_ON_FILE = ""
YEARS_DECIMALS = 1
# A message repeats so much of what was typed.
LONGEST_SHOWN = 40

Entry = float | int | str | None


@dataclass(frozen=True)
class FormField:
    """A raw field in the form; `asked` bounds the entry, in the entry's unit."""

    raw: Field
    asked: Field
    label: Words

    @property
    def in_years(self) -> bool:
        """Whether days before the application are entered as years."""
        return self.raw.unit == "days"

    @property
    def empty_means_none(self) -> bool:
        """Whether an empty entry means that there is no such day (no employment) rather than an unknown one."""
        return NOT_EMPLOYED in self.raw.sentinels

    @property
    def meaning(self) -> Words:
        """What the entry asks for."""
        return field_sayings()[restated_fields().get(self.raw.name, self.raw.name)].meaning

    def choices(self, language: Language) -> list[tuple[str, str | int]]:
        """Words and code of each level."""
        if self.raw.type != "text":
            return [(text("yes", language), 1), (text("no", language), 0)]
        return [(level[language], code) for code, level in self.raw.levels.items()]

    def shown(self, value: Raw) -> Entry:
        """What the form shows for a raw value."""
        if self.in_years:
            none = value is None or (self.empty_means_none and value == NOT_EMPLOYED)
            return None if none else round(-float(value) / DAYS_PER_YEAR, YEARS_DECIMALS)  # type: ignore[arg-type]
        return NOT_ON_FILE if value is None and self.raw.kind == "categorical" else value

    def written(self, value: Raw, language: Language) -> Entry:
        """What the form shows for a raw value: numbers as the reader writes them."""
        shown = self.shown(value)
        if self.raw.kind != "quantitative":
            return shown
        return "" if shown is None else written(float(shown), language, self.asked.unit)

    def read(self, entry: Entry, language: Language) -> Entry:
        """The number that was typed; what is not a number stays as it is, and is refused by `raw_value`."""
        if self.raw.kind != "quantitative" or entry is None or isinstance(entry, (int, float)):
            return entry
        # A page may send anything.
        entry = str(entry)
        number = read_typed(entry, language)
        return (entry.strip() or None) if number is None else number

    def raw_value(self, entry: Entry, language: Language) -> Raw:
        """The raw value of an entry that was read.

        Raises:
            InvalidInputError: it is not allowed; the message names the field in words, the value and what is allowed.
        """
        value = None if entry == NOT_ON_FILE else entry
        if value is None and self.empty_means_none:
            return NOT_EMPLOYED
        # An application on file may lack it; whoever empties an entry that says it is required is told so.
        if value is None and self.raw.required:
            raise InvalidInputError(self._problem(value, language))
        try:
            checked = checked_value(self.asked, value, language)
        except InvalidInputError as error:
            if self.raw.kind != "quantitative":
                raise
            raise InvalidInputError(self._problem(value, language)) from error
        if not self.in_years or checked is None:
            return checked
        return -round(float(checked) * DAYS_PER_YEAR)

    def _problem(self, value: Raw, language: Language) -> str:
        label = self.label[language]
        if value is None:
            return text("screen.entry_missing", language, label=label)
        low, high = self.asked.minimum or 0, self.asked.maximum or 0
        allowed = range_in_words(low, high, self.asked.unit, language)
        if not isinstance(value, (int, float)):
            shown = value if len(value) <= LONGEST_SHOWN else f"{value[:LONGEST_SHOWN]}…"
            return text("screen.entry_unreadable", language, label=label, value=shown, allowed=allowed)
        shown = value_in_words(value, self.asked.unit, language)
        key = "screen.entry_not_whole" if self.asked.type == "integer" else "screen.entry_not_allowed"
        return text(key, language, label=label, value=shown, allowed=allowed)


def _form_field(field: Field) -> FormField:
    if field.unit != "days":
        return FormField(field, field, field.label)
    restated = next(item for item in derived_features() if item.name == restated_fields()[field.name])
    newest, oldest = field.maximum or 0, field.minimum or 0
    asked = replace(
        field,
        type="number",
        unit="years",
        minimum=-newest / DAYS_PER_YEAR,
        maximum=-oldest / DAYS_PER_YEAR,
        sentinels=(),
    )
    return FormField(field, asked, restated.label)


@cache
def form_fields() -> tuple[FormField, ...]:
    """The form's fields: by theme in the order of the catalogue, then in the order of the field table."""
    order = [key.removeprefix("theme.") for key in texts() if key.startswith("theme.")]
    editable = [field for field in fields().values() if field.editable]
    return tuple(_form_field(field) for field in sorted(editable, key=lambda field: order.index(field.theme)))


def themed_fields() -> list[tuple[str, list[FormField]]]:
    """The form's fields under their themes."""
    return [(theme, list(items)) for theme, items in groupby(form_fields(), key=lambda item: item.raw.theme)]


def entries_of(raw: Mapping[str, Raw], changes: Mapping[str, Raw], language: Language) -> list[Entry]:
    """What the form shows for an applicant with changes."""
    return [item.written(changes.get(item.raw.name, raw[item.raw.name]), language) for item in form_fields()]


@dataclass(frozen=True)
class Entered:
    """What the entries of a form come to: the changes that they make, and by field what is wrong with the others."""

    changes: dict[str, Raw]
    problems: dict[str, str]


def changes_of(
    raw: Mapping[str, Raw], entries: Sequence[Entry], new: bool, language: Language, typed_in: Language | None = None
) -> Entered:
    """The changes that the entries make to an application on file, or the fields of a new one.

    Args:
        raw: the application as on file.
        entries: what the form shows, in its order.
        new: whether this is a new application.
        language: of the messages.
        typed_in: the language in which numbers are written; that of the messages by default.
    """
    changes: dict[str, Raw] = {}
    problems: dict[str, str] = {}
    for item, entry in zip(form_fields(), entries, strict=True):
        name = item.raw.name
        typed = item.read(entry, typed_in or language)
        stated = new and item.empty_means_none
        if (typed != item.shown(raw[name]) and not _both_missing(typed, raw[name])) or stated:
            try:
                changes[name] = item.raw_value(typed, language)
            except InvalidInputError as error:
                problems[name] = str(error)
    return Entered(changes, problems)


def _both_missing(entry: Entry, value: Raw) -> bool:
    return entry in (None, NOT_ON_FILE) and value is None


def lacking(raw: Mapping[str, Raw], changes: Mapping[str, Raw], language: Language) -> list[str]:
    """The labels of required fields that are still missing."""
    return [
        item.label[language]
        for item in form_fields()
        if item.raw.required and changes.get(item.raw.name, raw[item.raw.name]) is None
    ]
