"""A reason in words that cannot contradict the values beside it: the one wording of page, comment, record and letter.

A value is set beside what is usual among just accepted applicants. Inside that range "usually" would say that nothing
is unusual about a reason; there the words say how the value compares with the middle one, and what it changes. All
comparisons are of the figures as they are written, so that no reader finds "0.40; usually 0.40 to 0.60".
"""

from __future__ import annotations

from scoring.answers.applicant import Reason
from scoring.artifact.model import log_odds_of, probability_of
from scoring.schema.sayings import Side, agreeing, field_sayings, sayings_of
from scoring.words.language import Language
from scoring.words.wording import counted_form, number, range_in_words, text, value_in_words

LEAST_POINTS_SHOWN = 0.05
# A share above which "most" is true.
MOST = 0.5
OPPOSITE: dict[Side, Side] = {"low": "high", "high": "low"}


def in_sentence(label: str) -> str:
    """A label for use within a sentence."""
    return label[:1].lower() + label[1:]


def usual_in_words(reason: Reason, language: Language) -> str:
    """What is usual among just accepted applicants for a reason's feature, in words ("" if nothing is known)."""
    usual = reason.usual_range
    if len(usual) == 2 and all(isinstance(value, (int, float)) for value in usual):
        return range_in_words(usual[0], usual[1], reason.unit, language, "range.usual")  # type: ignore[arg-type]
    *first, last = [value_in_words(value, reason.unit, language) for value in usual] or [""]
    return text("or", language).join([", ".join(first), last]) if first else last


def is_usual(reason: Reason, language: Language) -> bool:
    """Whether a reason's value, as it is written, lies within what is usual."""
    usual, value = reason.usual_range, reason.value
    if value is None or not usual:
        return False
    written = value_in_words(value, reason.unit, language)
    if written in [value_in_words(each, reason.unit, language) for each in usual]:
        return True
    low, high = usual[0], usual[-1]
    numbers = isinstance(value, (int, float)) and isinstance(low, (int, float)) and isinstance(high, (int, float))
    return numbers and low <= value <= high  # type: ignore[operator]


def _effect(reason: Reason) -> str:
    return "raises" if reason.contribution > 0 else "lowers"


def headline(reason: Reason, language: Language) -> str:
    """A reason as a plain sentence that agrees with its value: "A low score at … weighs against the application"."""
    effect = _effect(reason)
    if reason.value is None:
        return text(f"reason.missing.{effect}", language, label=reason.label)
    found = sayings_of(reason.feature, reason.factor)
    if found is None:
        return text(f"reason.plain.{effect}", language, label=reason.label)
    sentence = found.raises if reason.contribution > 0 else found.lowers
    return agreeing(sentence[language], _side(reason, language))


def subject(reason: Reason, language: Language) -> str:
    """What a reason is about, within a sentence, as its headline says it: "a low score at …"."""
    effect = _effect(reason)
    sentence = headline(reason, language)
    if reason.value is None:
        sentence = text(f"reason.plain.{effect}", language, label=reason.label)
    # "The lowest score, a low one, weighs …" has a comma before its verb.
    return in_sentence(sentence.removesuffix(f" {text(f'reason.end.{effect}', language)}").removesuffix(","))


def needs_label(reason: Reason) -> bool:
    """Whether a value says too little alone: the sentence of a family does not name the feature."""
    own, found = reason.feature in field_sayings(), sayings_of(reason.feature, reason.factor)
    return reason.value is not None and found is not None and not own


def _value(reason: Reason, language: Language) -> str:
    value = value_in_words(reason.value, reason.unit, language)
    return text("chart.item", language, label=in_sentence(reason.label), value=value) if needs_label(reason) else value


def headline_in_letter(reason: Reason, language: Language) -> str:
    """A reason against as the applicant is told it: "Your score … is lower than that of most approved applicants"."""
    found = sayings_of(reason.feature, reason.factor)
    if reason.value is None:
        return text("letter.reason.missing", language, label=reason.label)
    # A decision that was recorded without these shares says no more than it knows.
    placed = not isinstance(reason.value, (int, float)) or reason.lower is not None
    if found is None or not placed:
        return text("letter.reason.plain", language, label=reason.label)
    return agreeing(found.letter[language], _yes_or_no(reason, language) or _among_most(reason))


def advice_in_letter(reason: Reason, language: Language) -> str:
    """Whether a change of the loan or of debts helps with a reason; "" where that was not searched."""
    if reason.can_change is None:
        return ""
    return text("letter.can_change" if reason.can_change else "letter.cannot_change", language)


def _among_most(reason: Reason) -> Side:
    """On which side of most accepted applicants a value is."""
    if (reason.higher or 0) > MOST:
        return "low"
    return "high" if (reason.lower or 0) > MOST else "usual"


def _side(reason: Reason, language: Language) -> Side:
    """Where a value is beside the usual range, as both are written; no is low and yes is high.

    What is low beside the just accepted applicants, and higher than most of all accepted ones have, is neither.
    """
    if answer := _yes_or_no(reason, language):
        return answer
    low = reason.usual_range[0] if reason.usual_range else None
    numbers = isinstance(reason.value, (int, float)) and isinstance(low, (int, float))
    if not numbers or is_usual(reason, language):
        return "usual"
    side: Side = "low" if reason.value < low else "high"  # type: ignore[operator]
    return "usual" if _among_most(reason) == OPPOSITE[side] else side


def _yes_or_no(reason: Reason, language: Language) -> Side | None:
    return {text("no", language): "low", text("yes", language): "high"}.get(str(reason.value))  # type: ignore[return-value]


def beside_usual_in_words(reason: Reason, language: Language) -> str:
    """What is usual among just accepted applicants or, inside that, how the value compares with the middle one.

    A theme that works the other way as a whole is named.
    """
    if is_usual(reason, language):
        return _and_theme(_beside_middle(reason, language), reason, language)
    usual = usual_in_words(reason, language)
    return _and_theme(text("reason.usually", language, usual=usual) if usual else "", reason, language)


def standing_in_words(reason: Reason, probability: float, language: Language) -> str:
    """How a reason's value stands among just accepted applicants: what is usual, or, if it is, how it compares.

    Args:
        reason: for or against.
        probability: of default, of which the reason's effect is a part.
        language: of the words.
    """
    if not is_usual(reason, language):
        return beside_usual_in_words(reason, language)
    parts = (_beside_middle(reason, language), effect_in_words(reason, probability, language))
    return _and_theme(", ".join(part for part in parts if part), reason, language)


def _and_theme(sentence: str, reason: Reason, language: Language) -> str:
    """What was said of a reason, and that its theme works the other way as a whole, if it does."""
    if reason.contribution * reason.theme_contribution >= 0:
        return sentence
    side = "lowers" if reason.theme_contribution < 0 else "raises"
    theme = text(f"reason.theme.{side}", language, theme=in_sentence(text(f"theme.{reason.theme}", language)))
    return f"{sentence}, {theme}" if sentence else theme


def _beside_middle(reason: Reason, language: Language) -> str:
    """Where the value is beside the middle one; "" if there is no order, or nothing tells them apart."""
    if reason.middle is None or not isinstance(reason.value, (int, float)):
        return ""
    middle = value_in_words(reason.middle, reason.unit, language)
    if value_in_words(reason.value, reason.unit, language) == middle:
        return text("reason.at_middle", language)
    side: Side = "high" if reason.value > reason.middle else "low"
    # Beside "lower than most accepted applicants", the middle value is said to be that of the just accepted.
    whose = "_of_just" if _among_most(reason) == OPPOSITE[side] else ""
    return text(f"reason.{'above' if side == 'high' else 'below'}{whose}", language, middle=middle)


def points_of(reason: Reason, probability: float) -> float:
    """What a reason adds to the probability, in percentage points, against log-odds without it."""
    return 100 * (probability - float(probability_of(float(log_odds_of(probability)) - reason.contribution)))


def effect_in_words(reason: Reason, probability: float, language: Language) -> str:
    """What a reason adds to the probability or takes from it, in percentage points."""
    points = abs(points_of(reason, probability))
    side = "adds" if reason.contribution > 0 else "takes"
    if points < LEAST_POINTS_SHOWN:
        return text(f"reason.{side}.little", language)
    form = counted_form(round(points, 1), language)
    return text(f"reason.{side}.{form}", language, points=number(points, language, 1))


def reason_in_words(reason: Reason, probability: float, language: Language) -> str:
    """A reason within a sentence: "a low score at … (0.16; usually 0.35 to 0.60)"."""
    standing = standing_in_words(reason, probability, language)
    key = "summary.reason" if standing else "summary.reason_without_usual"
    label, value = subject(reason, language), _value(reason, language)
    return text(key, language, label=label, value=value, standing=standing)


def reason_in_short(reason: Reason, language: Language) -> str:
    """A reason within a sentence: "a low score at … (0.16)"; without a value that would need a label."""
    about = subject(reason, language)
    if needs_label(reason):
        return about
    return text("summary.reason_without_usual", language, label=about, value=_value(reason, language))
