"""The sentences on how sure a probability is agree with its figures, in both languages."""

from __future__ import annotations

import random
import re

import pytest

from scoring.answers.applicant import Confidence, MissingEffect, NearScores, OutsideLearnt
from scoring.assessment.confidence import NEAREST, confidence
from scoring.assessment.interval import wilson
from scoring.documents.how_sure import FEWEST, how_sure, how_sure_in_short
from scoring.serving.service import assess
from scoring.words.language import LANGUAGES

FIGURE = re.compile(r"\d+(?:\.\d+)?")
INCOME = OutsideLearnt("AMT_INCOME_TOTAL", "Yearly income", 117_000_000.0, "amount", [1.0, 9_000_000.0])
FLAWS = re.compile(r"None|nan|[{}\[\]]|  |\.\.|,,")


def figures(words: str, language: str) -> list[float]:
    """The figures of a text, in order."""
    plain = re.sub("[\u202f\xa0](?=[0-9%])", "", words)
    return [float(found) for found in FIGURE.findall(plain.replace(",", ".") if language == "fr" else plain)]


def agrees(sure: Confidence, language: str) -> None:
    told = how_sure(sure, language)
    assert not FLAWS.search(told), told
    found = figures(told, language)
    shares = [round(100 * end, 1) for end in sure.missing.range]
    expected = [sure.missing.fields, sure.missing.total] if sure.missing.fields else []
    expected += shares[:1] if shares and shares[0] == shares[1] else shares
    if sure.nearest.applicants >= FEWEST:
        ends = [round(100 * end, 1) for end in sure.nearest.interval]
        ends = ends[:1] if ends[0] == ends[1] else ends
        expected = [sure.nearest.applicants, sure.nearest.defaulted, 95.0, *ends, *expected]
    assert found[: len(expected)] == pytest.approx(expected, abs=0.051), told


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_figure_is_told_as_it_is_for_thousands(language):
    rng = random.Random(15)
    for _ in range(3000):
        count = rng.choice([0, 3, FEWEST - 1, FEWEST, 160, 499, NEAREST])
        defaulted = rng.randint(0, count)
        nearest = NearScores(count, defaulted, list(wilson(defaulted / count, count)) if count else [])
        ends = sorted([rng.uniform(0.001, 0.99), rng.uniform(0.001, 0.99)])
        missing = MissingEffect(rng.choice([0, 1, 2, 67]), 120, rng.choice([[], ends]), rng.random() < 0.5)
        agrees(Confidence(nearest, missing, [], []), language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_real_applicants_are_told_as_they_are(service, applicants, language):
    for applicant_id in applicants.ids[::40].tolist():
        agrees(confidence(service.artifact, assess(service, applicant_id, {}, language)), language)


def test_a_smaller_count_is_said_to_be_smaller():
    nearest, missing = NearScores(160, 1, [0.001, 0.034]), MissingEffect(0, 120, [], False)
    assert how_sure(Confidence(nearest, missing, [], []), "en").startswith("Only 160 past applicants")
    assert how_sure(Confidence(nearest, missing, [], []), "fr").startswith("Seuls 160 demandeurs")


def test_what_to_complete_comes_first():
    nearest, missing = NearScores(500, 46, [0.07, 0.12]), MissingEffect(116, 120, [0.02, 0.1], True)
    told = how_sure(Confidence(nearest, missing, [], ["EXT_SOURCE_3", "DAYS_EMPLOYED"]), "en")
    assert told.startswith("Too little is known")
    assert told.split(". ")[1].endswith("external score 3, time in current job")


def test_at_most_three_values_outside_are_named():
    outside = [OutsideLearnt("F", f"Field {place}", 5.0, "count", [0.0, 1.0]) for place in range(5)]
    told = how_sure(Confidence(NearScores(0, 0, []), MissingEffect(0, 120, [], False), outside, []), "en")
    assert told.endswith("field 0 (5), field 1 (5), field 2 (5), and 2 more.")


@pytest.mark.parametrize(
    ("missing", "outside", "told"),
    [
        (MissingEffect(26, 120, [0.1, 0.2], False), [], "26 of 120 fields missing; within what the model knows"),
        (
            MissingEffect(1, 120, [0.1, 0.2], True),
            [],
            "1 of 120 fields missing, which could change the recommendation; within what the model knows",
        ),
        (
            MissingEffect(0, 120, [], False),
            [INCOME, INCOME],
            "No field missing; outside what the model knows: yearly income (117,000,000), and 1 more",
        ),
    ],
)
def test_in_short_it_says_how_much_is_missing_and_what_is_outside(missing, outside, told):
    assert how_sure_in_short(Confidence(NearScores(0, 0, []), missing, outside, []), "en") == told
