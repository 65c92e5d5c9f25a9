"""The comment is complete in every branch, for thousands of applicants, in both languages."""

from __future__ import annotations

import random
import re
from dataclasses import replace
from itertools import product

import pytest

from scoring.answers.applicant import HistoryMove, Reason
from scoring.assessment.explanation import favourable_reasons
from scoring.assessment.recourse import recourse
from scoring.documents.comment import Facts, Place, comment, facts_of, plan_in_words
from scoring.documents.reasons import reason_in_short
from scoring.schema.fields import Feature, fields, leeways
from scoring.serving.service import assess, commented, score
from scoring.words.language import LANGUAGES, Language, Value
from scoring.words.wording import percent
from tests.plans import a_plan, an_answer

RISKS = ("low", "moderate", "borderline", "high", "very_high")
FLAWS = re.compile(r"None|nan|[{}\[\]]|\(\s*\)|  |\s[.,]|,,|\.\.|: [;.]|; [;.]| and \.|\bet \.")
# A sentence ends where a full stop is followed by a capital or a figure, or by nothing.
SENTENCE = re.compile(r"[^.]*(?:\.(?!\s|$)[^.]*)*\.(?=\s|$)")

REPAID = HistoryMove("repay_all", 0.0, 155_162.0, "repay all credits with other lenders (155,162)")
PLAN = a_plan({"AMT_CREDIT": 405_000.0, "AMT_ANNUITY": 21_870.0}, 0.07, "approve", REPAID)
REFERRAL = a_plan({"AMT_ANNUITY": 12_000.0}, 0.09, "refer")
HELP = (None, an_answer(PLAN), an_answer(), an_answer(referral=REFERRAL))


def whole(told: str) -> None:
    assert not FLAWS.search(told), told
    sentences = SENTENCE.findall(told)
    assert "".join(sentences) == told
    assert 3 <= len(sentences) <= 5, told
    assert all(sentence.strip()[0].isupper() or sentence.strip()[0].isdigit() for sentence in sentences), told
    assert len(told.split()) < 120, told


@pytest.fixture(scope="module")
def features(service):
    return [item.feature for item in service.artifact.model.features]


def reason(rng: random.Random, features: list[Feature], language: Language) -> Reason:
    value = rng.choice([None, "Secondary, incomplete", 0, 1, -3, 0.004, 117_000_000.0, rng.uniform(-1e6, 1e6)])
    return about(rng.choice(features), value, rng.choice([-0.3, 0.3]), language)


def about(feature: Feature, value: Value, contribution: float, language: Language) -> Reason:
    """A reason against or for, in a theme that as a whole lowers the risk."""
    found = Reason(feature.name, feature.label[language], value, feature.unit, [], contribution)
    return replace(found, factor=feature.factor, theme=feature.theme, theme_contribution=-0.1)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_branch_is_whole_for_thousands_of_facts(features, language):
    rng = random.Random(3)
    branches = product(RISKS, (0, 1, 2), (True, False), ("first", "second", "risk"), HELP, (0, 1, 2, 67), (True, False))
    for risk, against, favour, point, help_found, missing, history in branches:
        facts = Facts(
            probability=rng.random(),
            risk=risk,
            against=[reason(rng, features, language) for _ in range(against)],
            favour=reason(rng, features, language) if favour else None,
            place=Place(point, rng.random()),
            recourse=help_found,
            missing=missing,
            history=history,
        )
        whole(comment(facts, language))


def test_every_applicant_on_file_gets_a_whole_comment(service, applicants):
    for applicant_id in applicants.ids[::6].tolist():
        assessments = {language: assess(service, applicant_id, {}, language) for language in LANGUAGES}
        found = recourse(service.artifact, assessments["en"])
        for language, assessment in assessments.items():
            reasons = score(service, assessment).reasons
            whole(comment(facts_of(service.artifact, assessment, reasons, found), language))


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_stays_short_with_the_longest_reasons(features, language):
    reasons = [about(feature, 1_234_567.0, 0.3, language) for feature in features]
    told = max(reasons, key=lambda one: len(reason_in_short(one, language).split()))
    plan = a_plan(dict.fromkeys(leeways(), 1234500.0), 0.09, "refer")
    facts = Facts(
        0.2,
        "borderline",
        [told, told],
        told,
        Place("second", 0.8),
        an_answer(referral=plan),
        missing=67,
        history=False,
    )
    whole(comment(facts, language))


FREQUENCIES = {
    0.0: "fewer than 1 in 100",
    0.0044: "fewer than 1 in 100",
    0.0094: "fewer than 1 in 100",
    0.01: "about 1 in 100",
    0.07: "about 7 in 100",
    0.085: "about 9 in 100",
    0.13: "about 13 in 100",
    0.147: "about 15 in 100",
    0.994: "about 99 in 100",
    1.0: "more than 99 in 100",
}


@pytest.mark.parametrize(("share", "english"), FREQUENCIES.items())
def test_a_probability_is_said_as_so_many_in_a_hundred(share, english):
    facts = Facts(share, "low", [], None, Place("risk", 0.5), None, 0, True)
    assert f": {english} applicants" in comment(facts, "en")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_frequency_agrees_with_the_percentage_beside_it(language):
    for thousandth in range(10, 990):
        share = thousandth / 1000
        told = comment(Facts(share, "low", [], None, Place("risk", 0.5), None, 0, True), language)
        count = int(re.search(r"(?:about|environ) (\d+)", told)[1])
        shown = float(percent(share, "en").rstrip("%"))
        assert abs(count - shown) <= 0.5, told


def test_one_point_against_is_one_in_french():
    one, two = ([Reason("F", "Étage", 1.0, "count", [], 0.1)] * count for count in (1, 2))
    told = [comment(Facts(0.2, "high", against, None, None, None, 0, True), "fr") for against in (one, two)]
    assert "Principal point défavorable" in told[0]
    assert "Principaux points défavorables" in told[1]


def test_one_field_and_many_are_counted_rightly():
    one, many = (Facts(0.1, "low", [], None, Place("risk", 0.5), None, missing, True) for missing in (1, 2))
    assert comment(one, "en").endswith("1 of 120 fields is not on file.")
    assert comment(many, "en").endswith("2 of 120 fields are not on file.")
    assert comment(one, "fr").endswith("1 champ sur 120 n'est pas renseigné.")
    assert comment(many, "fr").endswith("2 champs sur 120 ne sont pas renseignés.")


def test_three_changes_are_listed_with_commas_and_a_last_and():
    changes = {"AMT_CREDIT": 405_000.0, "AMT_ANNUITY": 21_870.0, "AMT_GOODS_PRICE": 400_000.0}
    told = plan_in_words(a_plan(changes, 0.07, "approve"), "en")
    assert told == (
        "lower the amount of the loan to 405,000, lower the instalment to 21,870 and choose goods for 400,000 at most"
    )


def test_changes_of_the_history_come_last():
    told = plan_in_words(PLAN, "en")
    assert told.endswith("lower the instalment to 21,870 and repay all credits with other lenders (155,162)")


def test_a_refusal_says_what_would_help_or_that_nothing_does(service, some_ids):
    for applicant_id in some_ids:
        scored = commented(service, assess(service, applicant_id, {}, "en"))
        helped = any(
            words in scored.comment for words in ("would be approved with", "Nothing that the applicant can change")
        )
        assert helped == (scored.decision != "approve")


def test_what_counts_for_an_applicant_lowers_the_risk(service, some_ids):
    for applicant_id in some_ids[:20]:
        assessment = assess(service, applicant_id, {}, "en")
        told = favourable_reasons(assessment.values, assessment.contributions, service.artifact.population, "en")
        assert all(reason.contribution < 0 for reason in told)


def test_a_new_application_without_history_says_so(service):
    new = {"AMT_CREDIT": 300_000, "AMT_ANNUITY": 15_000, "AMT_INCOME_TOTAL": 150_000, "DAYS_BIRTH": -12_000}
    told = commented(service, assess(service, None, new, "en")).comment
    missing = len(fields()) - len(new)
    assert told.endswith(f"No credit history is on file, and {missing} of {len(fields())} fields are missing.")
