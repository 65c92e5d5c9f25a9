"""The model card in short: intended use, uses to avoid, and limits."""

from __future__ import annotations

from scoring.artifact.in_words import source_in_words
from scoring.artifact.lineage import lineage_of
from scoring.artifact.load import Artifact
from scoring.interface.html import element, words
from scoring.interface.model.parts import paragraph, section
from scoring.schema.fields import fields
from scoring.words.language import Language
from scoring.words.wording import text

# Where gradio describes the endpoints, relative to the page.
OPENAPI = "gradio_api/openapi.json"
LIMITS = ("granted", "alike", "history", "causes")


def card_section(artifact: Artifact, language: Language) -> str:
    """The whole section."""
    excluded = [field.label[language] for field in fields().values() if field.protected]
    limits = "".join(words("li", text(f"model.limit.{name}", language)) for name in LIMITS)
    lineage = lineage_of(artifact.manifest)
    parts = [
        paragraph("model.card.purpose", language),
        paragraph("model.card.not_for", language),
        *([paragraph("warning.synthetic", language)] if artifact.synthetic else []),
        words("h3", text("model.card.never", language)),
        words("p", " · ".join(excluded)),
        words("h3", text("model.card.limits", language)),
        element("ul", limits, "cs-limits"),
    ]
    if lineage:
        parts.append(
            paragraph("model.card.published", language, "cs-small", source=source_in_words(artifact.identity, language))
        )
    parts.append(element("p", element("a", text("model.programs", language), href=OPENAPI), "cs-small"))
    return section("card", parts, language)
