"""A served model in words: its name and its source."""

from __future__ import annotations

from scoring.answers.applicant import ModelIdentity
from scoring.words.language import Language
from scoring.words.wording import text

DEMO_SOURCE = "bundled demo"


def source_in_words(model: ModelIdentity, language: Language) -> str:
    """A model's source: a repo or folder by name, the bundled one in the reader's language."""
    return text("screen.demo", language) if model.source == DEMO_SOURCE else model.source


def model_in_words(model: ModelIdentity, language: Language) -> str:
    """A model's version, source and revision."""
    source = source_in_words(model, language)
    return text("screen.model_version", language, version=model.version, source=source, revision=model.revision)
