from dataclasses import replace

import pytest

from scoring.answers.applicant import ExpectedCost, Reason
from scoring.decision.rule import Decision
from scoring.documents.reasons import in_sentence, usual_in_words
from scoring.documents.summary import summary

DECISION = Decision("refuse", 0.09, 0.08, 0.10, ExpectedCost(2.34, 0.77, "refusals"))
SCORE = Reason("EXT_SOURCE_2", "External score 2", 0.2, "score", [0.4, 0.6], 0.5)
JOB = Reason("OCCUPATION_TYPE", "Occupation", "Driver", "", ["Manual worker", "Sales", "Core staff"], 0.2)
SHARED = Reason("OCCUPATION_TYPE", "Occupation", "Sales", "", ["Manual worker", "Sales", "Core staff"], 0.2)
MISSING = Reason("OWN_CAR_AGE", "Age of the car", None, "years", [], 0.1)


def test_a_refusal_names_probability_threshold_and_two_reasons():
    told = summary(DECISION, 0.234, [SCORE, JOB, MISSING], "en")
    assert told.startswith("Refuse: ")
    assert all(
        words in told
        for words in ("23.4%", "9.0%", "a low score at the second external bureau (0.20; usually 0.40 to 0.60)")
    )
    assert "the occupation (Driver; usually Manual worker, Sales or Core staff)" in told
    assert "car" not in told


def test_a_referral_names_the_band():
    told = summary(replace(DECISION, outcome="refer"), 0.091, [SCORE], "en")
    assert "8.0%" in told
    assert "10.0%" in told


@pytest.mark.parametrize("outcome", ["approve", "refer", "refuse"])
@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("reasons", [[], [SCORE], [MISSING], [JOB, SHARED], [SCORE, JOB]])
@pytest.mark.parametrize("unit", ["refusals", "currency"])
def test_every_sentence_is_whole(outcome, language, reasons, unit):
    decision = replace(DECISION, outcome=outcome, expected_cost=ExpectedCost(1, 1, unit))
    told = summary(decision, 0.09, reasons, language)
    assert told.endswith(".")
    assert told[0].isupper()
    assert not any(flaw in told for flaw in ("None", "  ", "{", "}", "()", "; )", "nan"))


@pytest.mark.parametrize(("outcome", "probability"), [("approve", 0.07998), ("refer", 0.08002), ("refuse", 0.10003)])
def test_at_a_limit_there_are_as_many_decimals_as_tell_on_which_side_it_is(outcome, probability):
    told = summary(replace(DECISION, outcome=outcome), probability, [], "en")
    assert f"{100 * probability:.3f}%" in told
    assert "9.000%" in told


def test_a_level_that_is_usual_is_reported_with_its_effect():
    told = summary(DECISION, 0.2, [SHARED], "en")
    assert "the occupation (Sales; adds 3.0 points)" in told
    assert "usually" not in told


def test_french_figures_are_french():
    assert "entre 0,40 et 0,60" in usual_in_words(SCORE, "fr").replace("\u202f", " ").replace("\xa0", " ")


def test_a_range_of_days_says_days_once():
    late = Reason("late", "Days late", 3.0, "days", [0.0, 2.0], 0.1)
    assert usual_in_words(late, "en") == "0 to 2 days"


def test_a_label_is_lower_case_inside_a_sentence():
    assert in_sentence("Âge du véhicule") == "âge du véhicule"


def test_a_threshold_of_this_loans_own_is_said_to_be_so():
    own = replace(DECISION, expected_cost=ExpectedCost(100.0, 50.0, "currency"))
    assert "over the threshold of 9.0% for this loan; " in summary(own, 0.234, [SCORE], "en")
    assert "pour ce prêt" in summary(own, 0.234, [SCORE], "fr")
    assert "this loan" not in summary(DECISION, 0.234, [SCORE], "en")
