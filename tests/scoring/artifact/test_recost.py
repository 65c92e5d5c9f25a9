"""The same model under other costs, in everything that depends on the threshold."""

from dataclasses import asdict, replace

import numpy as np
import pandas as pd
import pytest

from scoring.__main__ import main
from scoring.artifact.population import PROBABILITY
from scoring.artifact.recost import with_costs
from scoring.assessment.comparison import compare
from scoring.charts import waterfall
from scoring.decision.cost_curve import rule_for
from scoring.decision.costs import AmountCosts, RatioCosts
from scoring.errors import InvalidInputError
from scoring.serving.batch import score_frame
from scoring.serving.description import describe
from scoring.serving.service import Service, assess, explain, score
from scoring.serving.settings import DEMO_APPLICANTS


def answers(service, applicant_id, changes=None, language="en"):
    assessment = assess(service, applicant_id, changes or {}, language)
    return score(service, assessment), explain(service, assessment)


def test_the_trained_costs_change_nothing(artifact):
    assert with_costs(artifact, RatioCosts(10, 1)) is artifact


def test_another_ratio_is_what_the_curve_gives(artifact):
    changed = with_costs(artifact, RatioCosts(4))
    assert changed.rule == rule_for(artifact.curves.rates, RatioCosts(4))
    assert changed.rule.costs.threshold(changed.rule.k) > artifact.rule.costs.threshold(artifact.rule.k)
    assert changed.population.masks["accepted"].sum() > artifact.population.masks["accepted"].sum()


def test_the_reference_level_moves_along_and_still_sums(artifact, applicants, some_ids):
    changed = Service(with_costs(artifact, RatioCosts(4)), applicants)
    near = changed.artifact.population.matrix[changed.artifact.population.masks["just_accepted"]]
    assert changed.artifact.base == pytest.approx(artifact.model.log_odds(near).mean(), abs=1e-9)
    for applicant_id in some_ids[:10]:
        scored, explained = answers(changed, applicant_id)
        total = explained.base + sum(theme.contribution for theme in explained.themes)
        assert total == pytest.approx(explained.log_odds, abs=1e-9)
        assert scored.probability == answers(Service(artifact, applicants), applicant_id)[0].probability


def test_an_artifact_without_amounts_says_so(artifact):
    of_format_1 = replace(artifact, curves=replace(artifact.curves, amounts=None))
    with pytest.raises(InvalidInputError, match="choose a cost ratio"):
        with_costs(of_format_1, AmountCosts())


def test_an_artifact_that_decides_by_amounts_decides_by_its_ratio_too(amount_service, artifact):
    trained = amount_service.artifact
    assert with_costs(trained, trained.curves.costs.ratio).rule.costs == RatioCosts(10, 1)


def test_each_loan_has_a_threshold_of_its_own(amount_service, some_ids):
    rule = amount_service.artifact.rule
    scores = [answers(amount_service, applicant_id)[0] for applicant_id in some_ids]
    assert len({round(scored.threshold, 6) for scored in scores}) > len(scores) / 2
    assert {scored.decision for scored in scores} == {"approve", "refer", "refuse"}
    for applicant_id, scored in zip(some_ids, scores, strict=True):
        raw = amount_service.applicants.find(applicant_id).raw
        errors = rule.costs.per_applicant(
            {name: np.array([float(raw[name])]) for name in ("AMT_CREDIT", "AMT_ANNUITY")}
        )
        assert scored.threshold == pytest.approx(errors.threshold(rule.k)[0])
        assert scored.expected_cost.unit == "currency"
        assert scored.expected_cost.approve == pytest.approx(scored.probability * errors.false_approval[0])
        assert scored.expected_cost.refuse == pytest.approx((1 - scored.probability) * errors.false_refusal[0])
        assert "for this loan" in scored.summary


def test_an_edit_of_the_loan_moves_its_own_threshold(amount_service, service, some_ids):
    raw = amount_service.applicants.find(some_ids[0]).raw
    longer = {"AMT_ANNUITY": raw["AMT_ANNUITY"] * 0.8}
    assert answers(amount_service, some_ids[0], longer)[0].threshold > answers(amount_service, some_ids[0])[0].threshold
    elsewhere = {"AMT_INCOME_TOTAL": 500_000}
    same = answers(amount_service, some_ids[0], elsewhere)[0].threshold
    assert same == answers(amount_service, some_ids[0])[0].threshold
    assert answers(service, some_ids[0], longer)[0].threshold == answers(service, some_ids[0])[0].threshold


def test_the_waterfall_draws_the_loans_own_threshold(amount_service, some_ids):
    scored, explained = answers(amount_service, some_ids[3])
    assert 1 / (1 + np.exp(-explained.threshold_log_odds)) == pytest.approx(scored.threshold)
    (axes,) = waterfall(explained, "en").axes
    drawn = [line.get_xdata()[0] for line in axes.lines if line.get_gid() == "threshold"]
    assert drawn == [explained.threshold_log_odds]


def test_batch_and_service_give_the_same_answer(amount_service, applicants, some_ids):
    frame = pd.concat(applicants.batches())
    rows = score_frame(amount_service.artifact, frame).set_index("SK_ID_CURR")
    for applicant_id in some_ids:
        scored, row = answers(amount_service, applicant_id)[0], rows.loc[applicant_id]
        assert row["threshold"] == pytest.approx(scored.threshold, rel=1e-14)
        assert row["decision"] == scored.decision


def test_accepted_are_those_below_their_own_threshold(amount_service):
    population = amount_service.artifact.population
    thresholds = score_frame(amount_service.artifact, population.frame.assign(SK_ID_CURR=range(len(population.frame))))[
        "threshold"
    ].to_numpy()
    accepted = population.frame[PROBABILITY].to_numpy() <= thresholds
    np.testing.assert_array_equal(population.masks["accepted"], accepted)
    assert population.masks["just_accepted"].sum() == round(accepted.sum() / 10)


def test_populations_compared_are_the_amounts_own(amount_service, some_ids):
    assessment = assess(amount_service, some_ids[0], {}, "en")
    place = compare(amount_service.artifact, assessment, "AMT_CREDIT", "accepted").population
    assert place.size == amount_service.artifact.population.masks["accepted"].sum()


def test_the_description_names_function_unit_and_parameters(amount_service, service):
    told = describe(amount_service)
    assert (told.threshold, told.referral_band, told.cost_ratio) == (None, None, None)
    assert (told.cost_function.name, told.cost_function.unit) == ("amount", "currency")
    assert told.cost_function.parameters == asdict(amount_service.artifact.rule.costs)
    of_ratio = describe(service)
    assert of_ratio.cost_ratio == 10
    assert of_ratio.threshold == service.artifact.rule.costs.threshold(service.artifact.rule.k)
    assert of_ratio.cost_function.parameters == {"false_approval": 10, "false_refusal": 1}


def test_the_batch_command_takes_another_ratio(amount_folder, tmp_path, capsys):
    out = tmp_path / "scores.csv"
    options = [
        "--artifact",
        str(amount_folder),
        "--applicants",
        str(DEMO_APPLICANTS),
        "--out",
        str(out),
        "--no-reasons",
    ]
    assert main(["batch", *options, "--cost", "ratio", "--cost-ratio", "20"]) == 0
    (threshold,) = pd.read_csv(out)["threshold"].unique()
    assert threshold < 0.07
    assert main(["batch", *options, "--cost", "amount", "--cost-ratio", "20"]) == 2
    assert capsys.readouterr().err.splitlines()[-1].startswith("error: Cost ratio 20 is not allowed with")
