"""No reason contradicts the values beside it, for thousands of applicants and made-up values, in both languages."""

from __future__ import annotations

import random

import numpy as np
import pytest

from scoring.answers.applicant import Reason
from scoring.artifact.model import log_odds_of, probability_of
from scoring.assessment.explanation import LEAST_CONTRIBUTION, adverse_reasons, favourable_reasons
from scoring.documents.reasons import effect_in_words, reason_in_words, standing_in_words
from scoring.words.language import LANGUAGES
from scoring.words.wording import UNITS, number, text, value_in_words

INTEREST = Reason("INTEREST_RATE", "Likely interest", 0.478, "share", [0.299, 0.5], 0.1, 0.401)
THOUGH = {"en": "though the theme", "fr": "bien que le thème"}
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
    assert told == "likely interest (47.8%; above the middle value of 40.1%, adds 1.1 points)"


def test_outside_the_range_it_is_told_what_is_usual():
    far = Reason("INTEREST_RATE", "Likely interest", 0.634, "share", [0.299, 0.5], 0.1, 0.401)
    assert reason_in_words(far, 0.13, "en") == "likely interest (63.4%; usually 29.9% to 50.0%)"
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
