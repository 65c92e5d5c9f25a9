"""The two languages of the screen, and what is said in both."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

# A number in the unit that stands beside it, words in the reader's language, or None where it is not on file.
Value = float | int | str | None


Language = Literal["en", "fr"]
LANGUAGES: tuple[Language, ...] = ("en", "fr")
Kind = Literal["categorical", "yes_no", "quantitative"]


@dataclass(frozen=True)
class Words:
    """The same words in each language of the screen."""

    en: str
    fr: str

    def __getitem__(self, language: Language) -> str:
        return self.fr if language == "fr" else self.en
