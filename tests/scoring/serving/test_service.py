import json
import math
import re
from dataclasses import asdict, replace

import numpy as np
import pytest

from scoring.assessment.explanation import MOST_REASONS
from scoring.assessment.recourse import recourse
from scoring.errors import InvalidInputError, ScoringError, UnknownApplicantError
from scoring.serving.service import (
    MOST_TRIED,
    Service,
    answered,
    assess,
    commented,
    explain,
    recourse_of,
    score,
    short_scores,
)

NEW = {"AMT_CREDIT": 300_000, "AMT_ANNUITY": 15_000, "AMT_INCOME_TOTAL": 150_000, "DAYS_BIRTH": -12_000}


def answers(service, applicant_id, changes=None, language="en"):
    assessment = assess(service, applicant_id, changes or {}, language)
    return score(service, assessment), explain(service, assessment)


def test_short_scores_together_are_what_each_alone_is(service, some_ids):
    changes = [{}, {"AMT_CREDIT": 450_000.5}, {"AMT_CREDIT": -1}]
    wanted = [
        (applicant_id, changes[place % len(changes)], ("en", "fr")[place % 2])
        for place, applicant_id in enumerate([*some_ids, None, 1])
    ]
    together = short_scores(service, wanted)
    assert any(isinstance(each, ScoringError) for each in together)
    for inputs, found in zip(wanted, together, strict=True):
        if isinstance(found, ScoringError):
            with pytest.raises(type(found), match=re.escape(str(found))):
                assess(service, *inputs)
        else:
            assert asdict(found) == asdict(answered(service, assess(service, *inputs), "short"))


def test_the_waterfall_sums_to_the_score_shown(service, some_ids):
    for applicant_id in some_ids:
        scored, explained = answers(service, applicant_id)
        total = explained.base + sum(part.contribution for theme in explained.themes for part in theme.features)
        assert total == pytest.approx(explained.log_odds, abs=1e-6)
        assert explained.base + sum(theme.contribution for theme in explained.themes) == pytest.approx(
            explained.log_odds, abs=1e-6
        )
        assert 1 / (1 + math.exp(-explained.log_odds)) == pytest.approx(scored.probability, abs=1e-9)
        assert explained.probability == scored.probability


@pytest.mark.parametrize(
    "changes",
    [
        {"CODE_GENDER": "M"},
        {"CODE_GENDER": "F"},
        {"CODE_GENDER": None},
        {"NAME_FAMILY_STATUS": "Widow"},
        {"NAME_FAMILY_STATUS": "Married", "CODE_GENDER": "XNA"},
    ],
)
def test_protected_attributes_change_nothing_but_the_echo(service, some_ids, changes):
    for applicant_id in some_ids[:15]:
        plain, changed = answers(service, applicant_id), answers(service, applicant_id, changes)
        for before, after in zip(plain, changed, strict=True):
            assert {**asdict(before), "changes": changes} == asdict(after)


def test_the_id_changes_nothing_but_the_echo(service, some_ids):
    applicant = service.applicants.find(some_ids[3])

    class Renamed:
        stamp = None

        def find(self, applicant_id, language):
            return replace(applicant, applicant_id=applicant_id)

    renamed = Service(service.artifact, Renamed())
    for before, after in zip(answers(service, some_ids[3]), answers(renamed, 424242), strict=True):
        assert {**asdict(before), "applicant_id": 424242} == asdict(after)


def test_reasons_are_at_most_four_adverse_sorted_and_one_for_each_factor(service, some_ids):
    factors = {item.feature.name: item.feature.factor for item in service.artifact.model.features}
    for applicant_id in some_ids:
        scored, explained = answers(service, applicant_id)
        parts = {part.feature: part.contribution for theme in explained.themes for part in theme.features}
        contributions = [reason.contribution for reason in scored.reasons]
        assert len(contributions) <= MOST_REASONS
        assert contributions == sorted(contributions, reverse=True)
        assert all(contribution > 0 for contribution in contributions)
        assert len({factors[reason.feature] for reason in scored.reasons}) == len(contributions)
        assert all(parts[reason.feature] == reason.contribution for reason in scored.reasons)
        # No principal factor is left out: whatever raises the risk more than the last reason shares a factor with one.
        if len(contributions) == MOST_REASONS:
            told = {factors[reason.feature] for reason in scored.reasons}
            assert all(factors[name] in told for name, value in parts.items() if value > contributions[-1])


def test_decision_and_costs_follow_from_the_probability(service, some_ids):
    costs = service.artifact.rule.costs
    for applicant_id in some_ids:
        scored, _ = answers(service, applicant_id)
        low, high = scored.referral_band
        assert low <= scored.threshold <= high
        expected = "approve" if scored.probability < low else "refer" if scored.probability <= high else "refuse"
        assert scored.decision == expected
        assert scored.expected_cost.approve == pytest.approx(scored.probability * costs.false_approval)
        assert scored.expected_cost.refuse == pytest.approx((1 - scored.probability) * costs.false_refusal)


def test_points_are_the_probability_on_the_artifacts_scale(service, some_ids):
    scored = [answers(service, applicant_id)[0] for applicant_id in some_ids]
    for one in scored:
        odds = (1 - one.probability) / one.probability
        assert one.points == pytest.approx(600 + 20 * np.log2(odds / 50))
        assert (one.points < one.threshold_points) == (one.probability > one.threshold)
        assert one.score_band == service.artifact.bands.name(one.points, "en")
    by_points = sorted(scored, key=lambda one: -one.points)
    assert [one.probability for one in by_points] == sorted(one.probability for one in scored)


def test_an_edit_that_restates_the_file_changes_no_figure(service, some_ids):
    applicant = service.applicants.find(some_ids[5])
    same = {name: applicant.raw[name] for name in ("AMT_CREDIT", "AMT_ANNUITY", "NAME_INCOME_TYPE")}
    assert answers(service, some_ids[5], same)[0].probability == answers(service, some_ids[5])[0].probability


def test_an_edit_is_recomputed_into_derived_features(service, some_ids):
    applicant = service.applicants.find(some_ids[5])
    assessment = assess(service, some_ids[5], {"AMT_CREDIT": applicant.raw["AMT_ANNUITY"] * 17.0}, "en")
    names = [item.feature.name for item in service.artifact.model.features]
    assert assessment.values[names.index("CREDIT_TERM")] == pytest.approx(17.0)


def test_an_edit_leaves_no_trace_for_the_next_caller(service, some_ids):
    before = answers(service, some_ids[0])
    answers(service, some_ids[0], {"AMT_CREDIT": 45_000, "EXT_SOURCE_2": 0.01})
    assert answers(service, some_ids[0]) == before


def test_a_new_application_is_scored_on_what_is_known(service):
    scored, _ = answers(service, None, NEW)
    assert scored.applicant_id is None
    assert 0 < scored.probability < 1
    assert any("history" in warning for warning in scored.warnings)


def test_a_worse_external_score_never_lowers_the_risk(service, some_ids):
    for applicant_id in some_ids[:20]:
        risks = [answers(service, applicant_id, {"EXT_SOURCE_2": value})[0].probability for value in (0.8, 0.5, 0.2)]
        assert risks == sorted(risks)


def test_the_summary_is_one_sentence_in_each_language(service, some_ids):
    for applicant_id in some_ids[:20]:
        english, french = (answers(service, applicant_id, language=language)[0] for language in ("en", "fr"))
        assert english.summary.endswith(".")
        assert "None" not in english.summary + french.summary
        assert english.summary != french.summary
        assert english.probability == french.probability


def test_a_fact_that_an_adviser_cannot_change_is_warned_of(service, some_ids):
    scored, _ = answers(service, some_ids[0], {"EXT_SOURCE_1": 0.9})
    assert any("External score 1" in warning for warning in scored.warnings)


def test_a_value_beyond_training_is_warned_of(service, some_ids):
    scored, _ = answers(service, some_ids[0], {"OBS_30_CNT_SOCIAL_CIRCLE": 300})
    assert any("300" in warning for warning in scored.warnings)


def test_unknown_applicants_are_refused(service):
    with pytest.raises(UnknownApplicantError, match="1"):
        assess(service, 1, {}, "en")
    with pytest.raises(UnknownApplicantError, match="100001"):
        assess(Service(service.artifact, None), 100001, {}, "en")


def test_a_refused_input_says_so_in_the_readers_language(service, some_ids):
    with pytest.raises(InvalidInputError) as english:
        assess(service, some_ids[0], {"AMT_CREDIT": -1}, "en")
    with pytest.raises(InvalidInputError) as french:
        assess(service, some_ids[0], {"AMT_CREDIT": -1}, "fr")
    assert str(english.value) != str(french.value)


def test_many_threads_give_each_applicant_their_own_score(service, some_ids):
    from concurrent.futures import ThreadPoolExecutor

    expected = [answers(service, applicant_id)[0] for applicant_id in some_ids]
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda applicant_id: answers(service, applicant_id)[0], some_ids * 3))
    assert found == expected * 3


def test_answers_are_strict_json(service, applicants):
    """No infinity, no "not a number", nothing that JSON has no word for."""
    for applicant_id in applicants.ids[:100].tolist():
        for answer in answers(service, applicant_id):
            json.dumps(asdict(answer), allow_nan=False)


def test_the_model_uses_its_information(service, applicants):
    """Scores differ between applicants: no constant answer passes for a model."""
    probabilities = [answers(service, applicant_id)[0].probability for applicant_id in applicants.ids[:200].tolist()]
    assert np.ptp(probabilities) > 0.1


def test_examples_are_one_of_each_decision_whom_a_change_would_help_if_any(service):
    examples = service.examples
    assert list(examples) == ["approve", "refer", "refuse"]
    for outcome, applicant_id in examples.items():
        assert assess(service, applicant_id, {}, "en").decision.outcome == outcome
    tried = {one: assess(service, one, {}, "en") for one in service.applicants.search("", MOST_TRIED)}
    answers = {one: recourse(service.artifact, assessment) for one, assessment in tried.items()}
    helped = {one for one, answer in answers.items() if answer.found or answer.referral}
    assert {outcome for outcome, one in examples.items() if one in helped} == {
        tried[one].decision.outcome for one in helped
    }


def test_reasons_say_whether_the_applicant_can_change_them(service, applicants):
    for applicant_id in applicants.ids[:40].tolist():
        assessment = assess(service, applicant_id, {}, "en")
        scored, found = commented(service, assessment), recourse_of(service, assessment)
        if scored.decision == "approve":
            assert all(reason.can_change is None for reason in scored.reasons)
        else:
            assert [reason.can_change for reason in scored.reasons] == [
                reason.feature in found.helpful for reason in scored.reasons
            ]
