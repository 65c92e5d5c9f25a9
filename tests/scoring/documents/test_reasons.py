"""No reason contradicts the values beside it, for thousands of applicants and made-up values, in both languages."""

from __future__ import annotations

import random

import numpy as np
import pytest

from scoring.answers.applicant import Reason
from scoring.artifact.model import log_odds_of, probability_of
from scoring.assessment.explanation import LEAST_CONTRIBUTION, adverse_reasons, favourable_reasons
from scoring.documents.reasons import (
    effect_in_words,
    headline,
    headline_in_letter,
    is_usual,
    reason_in_words,
    standing_in_words,
)
from scoring.schema.fields import fields
from scoring.schema.sayings import agreeing, sayings_of
from scoring.serving.service import assess
from scoring.words.language import LANGUAGES, Language
from scoring.words.wording import UNITS, number, text, value_in_words

INTEREST = Reason("INTEREST_RATE", "Likely interest", 0.478, "share", [0.299, 0.5], 0.1, 0.401)
THOUGH = {"en": "though the theme", "fr": "alors que le thème"}
USUALLY = {"en": "usually", "fr": "habituellement"}


def consistent(reason: Reason, probability: float, language: str) -> None:
    told = standing_in_words(reason, probability, language)
    written = value_in_words(reason.value, reason.unit, language)
    usual = [value_in_words(value, reason.unit, language) for value in reason.usual_range]
    said_usual = USUALLY[language] in told
    if reason.value is None or not usual:
        assert said_usual == bool(usual)
        return
    if isinstance(reason.value, str):
        assert said_usual == (written not in usual)
    else:
        inside = reason.usual_range[0] <= reason.value <= reason.usual_range[-1] or written in usual
        assert said_usual == (not inside), (told, reason)
        for key, holds in (
            ("reason.above", reason.middle is not None and reason.value > reason.middle),
            ("reason.below", reason.middle is not None and reason.value < reason.middle),
        ):
            middle = "" if reason.middle is None else value_in_words(reason.middle, reason.unit, language)
            if text(key, language, middle=middle) in told and reason.middle is not None:
                assert holds
                assert written != middle
    # Whoever reads of a theme that works the other way is told so.
    opposite = reason.contribution * reason.theme_contribution < 0
    assert (THOUGH[language] in told) == opposite


@pytest.fixture(scope="module")
def told_of(artifact, reference_contributions):
    """The reasons, for and against, of thousands of reference applicants in both languages."""
    population = artifact.population
    centred = reference_contributions - artifact.mean_contributions
    found = []
    for row in range(0, len(centred), 2):
        log_odds = artifact.base + float(centred[row].sum())
        for language in LANGUAGES:
            asked = (population.matrix[row], centred[row], population, language)
            reasons = [*adverse_reasons(*asked), *favourable_reasons(*asked)]
            found.append((float(probability_of(log_odds)), language, reasons, centred[row]))
    return found


def test_no_reason_of_thousands_of_applicants_contradicts_its_range(told_of):
    assert len(told_of) >= 4000
    for probability, language, reasons, _ in told_of:
        for reason in reasons:
            consistent(reason, probability, language)


def agreed(reason: Reason, language: Language, accepted: np.ndarray) -> None:
    """A reason's sentences say of the value what is so; `accepted` are the accepted applicants' values, shape (n,)."""
    told, letter = headline(reason, language), headline_in_letter(reason, language)
    if reason.value is None:
        assert reason.label in told
        assert reason.label in letter
        return
    said = sayings_of(reason.feature, reason.factor)
    assert said is not None
    sentence = (said.raises if reason.contribution > 0 else said.lowers)[language]
    if isinstance(reason.value, str):
        answers = {text("no", language): "low", text("yes", language): "high"}
        assert told == agreeing(sentence, answers.get(reason.value, "usual"))
        return
    low, high = reason.usual_range[0], reason.usual_range[-1]
    inside = is_usual(reason, language)
    assert inside or not low <= reason.value <= high
    known = accepted[~np.isnan(accepted)]
    below, above = (known < reason.value).mean(), (known > reason.value).mean()
    neither = inside or (below > 0.5 if reason.value < low else above > 0.5)
    assert told == agreeing(sentence, "usual" if neither else "low" if reason.value < low else "high")
    if above > 0.5:
        assert letter == agreeing(said.letter[language], "low")
    elif below > 0.5:
        assert letter == agreeing(said.letter[language], "high")
    assert value_in_words(reason.value, reason.unit, language) not in letter


def test_no_sentence_of_thousands_of_applicants_contradicts_its_value(told_of, artifact):
    population = artifact.population
    accepted = population.matrix[population.masks["accepted"]]
    places = {item.feature.name: place for place, item in enumerate(artifact.model.features)}
    for _, language, reasons, _ in told_of:
        for reason in reasons:
            agreed(reason, language, accepted[:, places[reason.feature]])


@pytest.mark.parametrize("language", LANGUAGES)
def test_nor_does_any_after_edits(service, applicants, artifact, language):
    rng = random.Random(15)
    population = artifact.population
    accepted = population.matrix[population.masks["accepted"]]
    places = {item.feature.name: place for place, item in enumerate(artifact.model.features)}
    factors = {item.feature.name: item.feature.factor for item in artifact.model.features}
    edits = [field for field in fields().values() if field.editable and field.unit == "amount"]
    for applicant_id in rng.sample(applicants.ids.tolist(), 300):
        changes = {field.name: round(10 ** rng.uniform(2, 7)) for field in rng.sample(edits, 2)}
        own = assess(service, applicant_id, changes, language)
        found = (own.values, own.contributions, population, language)
        against = adverse_reasons(*found)
        favour = favourable_reasons(*found, against)
        told = [factors[reason.feature] for reason in (*against, *favour)]
        assert len(set(told)) == len(told)
        for reason in (*against, *favour):
            consistent(reason, own.probability, language)
            agreed(reason, language, accepted[:, places[reason.feature]])


def test_a_letter_never_names_a_score_by_its_number():
    low = Reason("EXT_SOURCE_3", "External score 3", 0.16, "score", [0.35, 0.6], 0.3, lower=0.02, higher=0.98)
    assert headline_in_letter(low, "en") == (
        "Your score at the third external bureau is lower than that of most approved applicants"
    )
    assert headline_in_letter(low, "fr") == (
        "Votre score auprès du troisième organisme externe est inférieur à celui de la plupart des demandeurs acceptés"
    )


def test_a_letter_on_an_old_decision_says_no_more_than_was_recorded():
    old = Reason("EXT_SOURCE_3", "External score 3", 0.16, "score", [], 0.3)
    assert headline_in_letter(old, "en") == "“External score 3” weighed against your application"


def test_no_main_reason_hides_in_a_theme_of_the_other_sign(told_of, artifact):
    themes = np.array([item.feature.theme for item in artifact.model.features])
    hidden = 0
    for probability, language, reasons, contributions in told_of:
        for reason in reasons:
            total = contributions[themes == reason.theme].sum()
            assert reason.theme_contribution == pytest.approx(total)
            if reason.contribution * total < 0:
                hidden += 1
                side = "lowers" if total < 0 else "raises"
                theme = text(f"theme.{reason.theme}", language)
                words = text(f"reason.theme.{side}", language, theme=theme[:1].lower() + theme[1:])
                assert words in standing_in_words(reason, probability, language)
    assert hidden


@pytest.mark.parametrize("language", LANGUAGES)
def test_made_up_values_at_the_edges_contradict_nothing(language):
    rng = random.Random(5)
    for _ in range(4000):
        low, middle, high = sorted(rng.choice([0.0, 0.5, 1.0, rng.random(), rng.uniform(0, 2000)]) for _ in range(3))
        value = rng.choice([low, high, middle, low - 1e-4, high + 1e-4, rng.uniform(0, 2000), None])
        unit = rng.choice(UNITS)
        consistent(Reason("F", "Field", value, unit, [low, high], 0.2, middle, "loan", 0.1), 0.2, language)


def test_inside_the_range_it_is_compared_with_the_middle():
    told = reason_in_words(INTEREST, 0.13, "en")
    assert told == "the rate of interest (47.8%; above the middle value of 40.1%, adds 1.1 points)"


def test_outside_the_range_it_is_told_what_is_usual():
    far = Reason("INTEREST_RATE", "Likely interest", 0.634, "share", [0.299, 0.5], 0.1, 0.401)
    assert reason_in_words(far, 0.13, "en") == "a high rate of interest (63.4%; usually 29.9% to 50.0%)"
    assert "habituellement entre 29,9" in reason_in_words(far, 0.13, "fr")


@pytest.mark.parametrize("contribution", [LEAST_CONTRIBUTION, 0.05, 0.3, 1.2, -0.02, -0.7])
@pytest.mark.parametrize("probability", [0.004, 0.05, 0.13, 0.6])
def test_an_effect_is_what_the_probability_would_be_without_it(contribution, probability):
    reason = Reason("F", "Field", 1.0, "count", [0.0, 2.0], contribution, 1.0)
    points = 100 * (probability - float(probability_of(float(log_odds_of(probability)) - contribution)))
    told = effect_in_words(reason, probability, "en")
    assert told.startswith("adds" if points > 0 else "takes off")
    shown = number(abs(points), "en", 1)
    assert (shown in told) if abs(points) >= 0.05 else ("less than 0.1" in told)
