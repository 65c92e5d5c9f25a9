from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from scoring.artifact.population import PROBABILITY, Population
from scoring.assessment.similar import MOST_SIMILAR, similar
from scoring.schema.fields import fields
from scoring.serving.service import Service, assess
from scoring.words.wording import number

NEW = {"AMT_CREDIT": 300_000, "AMT_ANNUITY": 15_000, "AMT_INCOME_TOTAL": 150_000, "DAYS_BIRTH": -12_000}


@pytest.fixture(scope="module")
def answers(service: Service, some_ids: list[int]):
    assessments = [assess(service, applicant_id, {}, "en") for applicant_id in some_ids]
    return [(assessment, similar(service.artifact, assessment)) for assessment in assessments]


def test_there_are_five_most_alike_first(answers):
    for _, answer in answers:
        likeness = [past.likeness for past in answer.applicants]
        assert len(likeness) == MOST_SIMILAR
        assert likeness == sorted(likeness, reverse=True)
        assert likeness[-1] >= answer.typical_likeness
        assert all(0 < value < 1 for value in likeness)


def test_both_outcomes_are_among_them(answers):
    assert all({past.outcome for past in answer.applicants} == {"repaid", "defaulted"} for _, answer in answers)


def test_the_last_gives_way_only_where_all_share_an_outcome(service, answers):
    artifact = service.artifact
    for assessment, answer in answers:
        likeness = artifact.leaves.likeness(artifact.model.leaves(np.atleast_2d(assessment.values))[0])
        first = np.argsort(-likeness, kind="stable")[:MOST_SIMILAR]
        mixed = len(set(artifact.population.outcomes[first])) > 1
        assert mixed == (answer.applicants[-1].likeness == pytest.approx(likeness[first[-1]]))


def test_they_are_closer_in_risk_than_anybody(service, answers):
    unseen = service.artifact.population.frame[PROBABILITY].to_numpy()
    own = [abs(past.probability - one.probability) for one, answer in answers for past in answer.applicants]
    anybody = [np.abs(unseen - one.probability).mean() for one, _ in answers]
    assert np.mean(own) < 0.7 * np.mean(anybody)


def test_the_most_alike_share_the_most_trees(service, answers):
    """Against leaf by leaf, counted one applicant at a time."""
    artifact = service.artifact
    assessment, answer = answers[0]
    own = artifact.model.leaves(np.atleast_2d(assessment.values))[0]
    everybody = artifact.model.leaves(artifact.population.matrix)
    counted = [artifact.leaves.weights[theirs == own].sum() for theirs in everybody]
    shown = [past.likeness for past in answer.applicants]
    assert shown[:-1] == pytest.approx(sorted(counted)[:-MOST_SIMILAR:-1])
    assert answer.typical_likeness == pytest.approx(np.median(counted))


def test_weights_of_trees_sum_to_one_and_leaf_values_to_the_margin(service):
    artifact = service.artifact
    rows = artifact.population.matrix[:20]
    leaves = artifact.model.leaves(rows)
    added = [artifact.model.leaf_values(tree, int(ends.max()) + 1)[ends] for tree, ends in enumerate(leaves.T)]
    margins = np.sum(added, axis=0)
    assert artifact.leaves.weights.sum() == pytest.approx(1)
    assert margins == pytest.approx(artifact.model.booster.predict(rows, raw_score=True))


def test_outcomes_and_decisions_are_those_of_the_reference(service, answers):
    population, rule = service.artifact.population, service.artifact.rule
    low, high = (rule.costs.threshold(k) for k in (rule.k_low, rule.k_high))
    known = set(zip(population.frame[PROBABILITY], population.outcomes, strict=True))
    for _, answer in answers:
        for past in answer.applicants:
            assert (past.probability, float(past.outcome == "defaulted")) in known
            low, high = (
                service.artifact.rule.costs.threshold(k)
                for k in (service.artifact.rule.k_low, service.artifact.rule.k_high)
            )
            expected = "approve" if past.probability < low else "refer" if past.probability <= high else "refuse"
            assert past.decision == expected


def test_nobody_is_told_what_became_of_their_own_loan(service):
    """A reference applicant who asks again is not among those most like them."""
    artifact = service.artifact
    row = artifact.population.frame.iloc[[3]]
    twice = pd.concat([artifact.population.frame.iloc[:50], row])
    population = Population(twice, artifact.population.features, artifact.rule)
    small = replace(artifact, population=population)
    assessment = replace(assess(service, None, NEW, "en"), values=population.matrix[3])
    assert all(past.likeness < 1 for past in similar(small, assessment).applicants)


def test_past_applicants_are_shown_by_round_amounts_alone(answers):
    for _, answer in answers:
        for past in answer.applicants:
            assert all(fields()[name].unit == "amount" for name in past.about)
            assert all(float(f"{value:.2g}") == value for value in past.about.values())


@pytest.mark.parametrize(("language", "honest"), [("en", "not a forecast"), ("fr", "pas une prévision")])
def test_what_they_are_is_said_with_them(service, some_ids, language, honest):
    answer = similar(service.artifact, assess(service, some_ids[0], {}, language))
    assert honest in answer.note
    assert number(len(service.artifact.population.frame), language, 0) in answer.note
