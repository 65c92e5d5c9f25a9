"""What is said of one applicant in several places agrees, with the figures and with one another, also at odd inputs."""

from __future__ import annotations

import random
import re

import pytest

from scoring.answers.applicant import ExpectedCost, Reason
from scoring.assessment.assessment import Assessment
from scoring.assessment.explanation import adverse_reasons, favourable_reasons
from scoring.decision.rule import Decision
from scoring.documents.comment import facts_of
from scoring.documents.reasons import (
    beside_usual_in_words,
    headline,
    headline_in_letter,
    is_usual,
    reason_in_short,
    reason_in_words,
    subject,
)
from scoring.documents.summary import summary
from scoring.lender.roles import BIRTH, CREDIT, INCOME, INSTALMENT
from scoring.schema.definition import Raw
from scoring.schema.fields import fields
from scoring.schema.sayings import Side, agreeing, sayings_of
from scoring.serving.service import Service, assess
from scoring.words.language import LANGUAGES, Language
from scoring.words.wording import text, value_in_words

REQUIRED: dict[str, Raw] = {CREDIT: 400_000, INSTALMENT: 25_000, INCOME: 180_000, BIRTH: -14_000}
PERCENTAGE = re.compile(r"(\d+[.,]\d+)\s?%")
Told = list[tuple[Assessment, list[Reason], list[Reason]]]


def odd_inputs() -> list[tuple[int | None, dict[str, Raw]]]:
    """Places in the file, or None for a new application, with changes."""
    pensioner = {"NAME_INCOME_TYPE": "Pensioner", "DAYS_EMPLOYED": 365243, "ORGANIZATION_TYPE": "XNA"}
    return [
        (None, REQUIRED),
        (None, {**REQUIRED, INCOME: 1}),
        (None, {**REQUIRED, INCOME: 900_000_000, CREDIT: 45_000}),
        (7, {name: None for name, field in fields().items() if field.nullable and not field.protected}),
        (11, {"NAME_CONTRACT_TYPE": "Revolving loans"}),
        (13, {**pensioner, "OCCUPATION_TYPE": None}),
        (17, {INCOME: 117_000_000}),
        (19, {CREDIT: 4_050_000, INSTALMENT: 2_000}),
        (23, {CREDIT: 45_000, INSTALMENT: 90_000, "AMT_GOODS_PRICE": 4_000_000}),
        (29, {"CNT_CHILDREN": 19, "OWN_CAR_AGE": 75, "DAYS_LAST_PHONE_CHANGE": 0, "DAYS_ID_PUBLISH": 0}),
        (31, {"EXT_SOURCE_1": 0.0, "EXT_SOURCE_2": 1.0, "EXT_SOURCE_3": None}),
    ]


def reasons_of(service: Service, assessment: Assessment) -> tuple[Assessment, list[Reason], list[Reason]]:
    found = (assessment.values, assessment.contributions, service.artifact.population, assessment.language)
    against = adverse_reasons(*found)
    return assessment, against, favourable_reasons(*found, against)


@pytest.fixture(scope="module", params=LANGUAGES)
def told(request, service, applicants) -> Told:
    """The reasons of hundreds on file, each as it is and with an edit, and at odd inputs, in one language."""
    rng = random.Random(15)
    asked: list[tuple[int | None, dict[str, Raw]]] = []
    for applicant_id in applicants.ids[::9].tolist():
        edit: dict[str, Raw] = {rng.choice([CREDIT, INSTALMENT, INCOME]): round(10 ** rng.uniform(4, 6.5))}
        asked += [(applicant_id, {}), (applicant_id, edit)]
    asked += [(None if place is None else int(applicants.ids[place]), changes) for place, changes in odd_inputs()]
    return [reasons_of(service, assess(service, one, changes, request.param)) for one, changes in asked]


def quantities(told: Told) -> list[tuple[Reason, Language]]:
    return [
        (reason, assessment.language)
        for assessment, against, favour in told
        for reason in (*against, *favour)
        if isinstance(reason.value, (int, float))
    ]


def side_of(sentence: str, said: str) -> Side:
    """Which alternative a sentence has; neither, where it is the same as without one."""
    sides: tuple[Side, Side] = ("low", "high")
    return next((side for side in sides if said == agreeing(sentence, side) != agreeing(sentence, "usual")), "usual")


def test_there_are_thousands_of_reasons(told):
    assert len(quantities(told)) > 4_000


def test_low_is_below_and_high_above_most_accepted_applicants_in_every_sentence(told):
    for reason, language in quantities(told):
        said = sayings_of(reason.feature, reason.factor)
        assert said is not None
        sentence = (said.raises if reason.contribution > 0 else said.lowers)[language]
        sides = {
            side_of(sentence, headline(reason, language)),
            side_of(said.letter[language], headline_in_letter(reason, language)),
        }
        assert "low" not in sides or reason.lower <= 0.5, reason
        assert "high" not in sides or reason.higher <= 0.5, reason
        assert not {"low", "high"} <= sides


def test_what_is_called_usual_or_in_the_middle_is_not_contradicted_by_the_place_among_others(told):
    for reason, language in quantities(told):
        shown = beside_usual_in_words(reason, language)
        if reason.middle is None or not is_usual(reason, language):
            continue
        middle = value_in_words(reason.middle, reason.unit, language)
        if shown.startswith(text("reason.above", language, middle=middle)):
            assert reason.value > reason.middle
            assert reason.higher <= 0.5
        if shown.startswith(text("reason.below", language, middle=middle)):
            assert reason.value < reason.middle
            assert reason.lower <= 0.5


def test_comment_and_sentence_name_each_reason_as_its_headline_does(told):
    for assessment, against, favour in told:
        language = assessment.language
        for reason in (*against, *favour):
            about = subject(reason, language)
            if reason.value is not None:
                side = "raises" if reason.contribution > 0 else "lowers"
                end = text(f"reason.end.{side}", language)
                assert headline(reason, language).lower() in (f"{about} {end}".lower(), f"{about}, {end}".lower())
            assert reason_in_short(reason, language).startswith(about)
            assert reason_in_words(reason, assessment.probability, language).startswith(f"{about} (")


def test_a_comment_places_the_applicant_where_its_reasons_do(told, service):
    for assessment, against, _ in told:
        language, facts = assessment.language, facts_of(service.artifact, assessment, against, None)
        assert facts.place is not None
        if facts.place.point == "risk":
            continue
        reason = against[("first", "second").index(facts.place.point)]
        assert isinstance(reason.value, (int, float))
        said = sayings_of(reason.feature, reason.factor)
        assert said is not None
        side = side_of(said.raises[language], headline(reason, language))
        assert side == "usual" or (facts.place.lower >= 0.5) == (side == "high"), (reason, facts.place)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_recommendation_agrees_with_its_figures_as_they_are_written(language):
    """Also of probabilities that hardly differ from a limit."""
    rng = random.Random(7)
    cost = ExpectedCost(1.0, 1.0, "refusals")
    for _ in range(3_000):
        low = rng.uniform(0.01, 0.3)
        threshold, high = low * rng.uniform(1.05, 1.3), low * rng.uniform(1.31, 1.6)
        probability = rng.choice([low, threshold, high]) + rng.choice([-1, 1]) * 10 ** -rng.uniform(2.1, 5.9)
        outcome = "approve" if probability < low else "refuse" if probability > high else "refer"
        decision = Decision(outcome, threshold, low, high, cost)
        shown = PERCENTAGE.findall(summary(decision, probability, [], language))
        own, *limits = [float(each.replace(",", ".")) for each in shown]
        match outcome:
            case "approve":
                assert own <= limits[0]
            case "refer":
                assert limits[0] <= own <= limits[1]
            case "refuse":
                assert own >= limits[0]
        # More than one decimal only where they decide.
        decimals = len(re.split("[.,]", shown[0])[1])
        assert decimals == 1 or min(abs(probability - limit) for limit in decision.limits) < 0.0011


def test_a_risk_is_called_low_or_moderate_if_and_only_if_it_is_approved(told, service):
    for assessment, against, _ in told:
        risk = facts_of(service.artifact, assessment, against, None).risk
        assert (risk in ("low", "moderate")) == (assessment.decision.outcome == "approve")
        assert (risk == "borderline") == (assessment.decision.outcome == "refer")
