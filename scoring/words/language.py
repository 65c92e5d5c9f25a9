"""The two languages of the screen, and texts in both."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

# A number in the accompanying unit, words in the reader's language, or None if not on file.
Value = float | int | str | None


Language = Literal["en", "fr"]
LANGUAGES: tuple[Language, ...] = ("en", "fr")
DEFAULT_LANGUAGE: Language = "en"
Kind = Literal["categorical", "yes_no", "quantitative"]


@dataclass(frozen=True)
class Words:
    """The same text in each language."""

    en: str
    fr: str

    def __getitem__(self, language: Language) -> str:
        return self.fr if language == "fr" else self.en


def browser_language(accepted: str) -> Language:
    """The first language of an Accept-Language header in which the screen exists."""
    for preferred in accepted.lower().split(","):
        for language in LANGUAGES:
            if preferred.strip().startswith(language):
                return language
    return DEFAULT_LANGUAGE
