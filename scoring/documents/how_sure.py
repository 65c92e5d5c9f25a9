"""How sure a probability is, in words."""

from __future__ import annotations

from scoring.answers.applicant import Confidence, MissingEffect, NearScores, OutsideLearnt
from scoring.applicants.in_words import field_label
from scoring.assessment.confidence import NEAREST
from scoring.documents.reasons import in_sentence
from scoring.words.language import Language
from scoring.words.wording import counted_form, number, range_in_words, text, value_in_words

# With fewer, an interval says next to nothing.
FEWEST = 30
MOST_OUTSIDE = 3


def how_sure(confidence: Confidence, language: Language) -> str:
    """Two to four sentences: what to complete first, if too little is known, then past applicants, gaps and range."""
    sentences = [
        _complete_first(confidence.complete_first, language),
        _nearest(confidence.nearest, language),
        _missing(confidence.missing, language),
        _outside(confidence.outside, language),
    ]
    return " ".join(sentence for sentence in sentences if sentence)


def how_sure_in_short(confidence: Confidence, language: Language) -> str:
    """The same in a line: how much is missing, whether that could change anything, and what is outside."""
    missing, outside = confidence.missing, confidence.outside
    sentence = text("bar.sure.complete", language)
    if missing.fields:
        form = counted_form(missing.fields, language)
        sentence = text(f"bar.sure.missing.{form}", language, count=missing.fields, total=missing.total)
    if missing.may_change_decision:
        sentence += text("bar.sure.may_change", language)
    if not outside:
        return sentence + text("bar.sure.within", language)
    first, more = outside[0], len(outside) - 1
    value = value_in_words(first.value, first.unit, language)
    sentence += text("bar.sure.outside", language, label=in_sentence(first.label), value=value)
    return sentence + (text("confidence.more", language, count=more) if more else "")


def _complete_first(names: list[str], language: Language) -> str:
    if not names:
        return ""
    labels = ", ".join(in_sentence(field_label(name, language)) for name in names)
    return text("confidence.complete_first", language, fields=labels)


def _nearest(nearest: NearScores, language: Language) -> str:
    if nearest.applicants < FEWEST:
        return text("confidence.hardly_any", language)
    return text(
        f"confidence.{'nearest' if nearest.applicants == NEAREST else 'fewer'}"
        f".{counted_form(nearest.defaulted, language)}",
        language,
        count=number(nearest.applicants, language, 0),
        defaulted=number(nearest.defaulted, language, 0),
        range=_range(nearest.interval, "share", language),
    )


def _missing(missing: MissingEffect, language: Language) -> str:
    if not missing.range and not missing.fields:
        return text("confidence.complete", language)
    form = counted_form(missing.fields, language)
    if not missing.range:
        return text(f"confidence.not_read.{form}", language, count=missing.fields, total=missing.total)
    sentence = text(
        f"confidence.missing.{form}" if missing.fields else "confidence.history",
        language,
        count=missing.fields,
        total=missing.total,
        range=_range(missing.range, "share", language),
    )
    return sentence + (" " + text("confidence.may_change", language) if missing.may_change_decision else "")


def _outside(outside: list[OutsideLearnt], language: Language) -> str:
    if not outside:
        return text("confidence.within", language)
    values = [
        text(
            "summary.reason_without_usual",
            language,
            label=in_sentence(found.label),
            value=value_in_words(found.value, found.unit, language),
        )
        for found in outside[:MOST_OUTSIDE]
    ]
    more = outside[MOST_OUTSIDE:]
    listed = ", ".join(values) + (text("confidence.more", language, count=len(more)) if more else "")
    return text("confidence.outside", language, values=listed)


def _range(ends: list[float], unit: str, language: Language) -> str:
    low, high = ends
    return range_in_words(low, high, unit, language)
