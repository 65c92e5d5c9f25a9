"""The words agree with any figures."""

import numpy as np
import pytest

from scoring.decision.costs import RatioCosts
from training.compare.combination import Combination, Strategy
from training.compare.cut import Cut
from training.compare.figures import Scored
from training.compare.models import MODELS
from training.compare.record import Finished
from training.compare.search import Found
from training.compare.table import FIGURES, Line, Table
from training.compare.words import best, overall, thresholds, treatment
from training.statistics.bootstrap import Estimate

PLAIN = dict.fromkeys(FIGURES, 0.5)
NOISE = 0.01 * np.random.default_rng(0).normal(size=200)


def line(model="LightGBM", strategy=Strategy.NONE, out_of_fold=0.5, threshold=0.1, band=(0.08, 0.12), **figures):
    """A line with these figures on the test set; all lines share their noise, so that differences are exact."""
    finished = Finished(
        Combination(model, strategy),
        Found({}, 0, 0),
        Cut(RatioCosts(10, 1), threshold, *band),
        np.zeros(1),
        np.zeros(1),
        1.0,
        1.0,
        None,
    )
    values = PLAIN | figures
    scored = Scored(values, {name: value + NOISE for name, value in values.items()})
    return Line(finished, {"cost": out_of_fold}, scored, {})


def table(*lines):
    first = lines[0].scored
    return Table(
        tuple(
            Line(one.finished, one.out_of_fold, one.scored, {name: one.scored.minus(first, name) for name in FIGURES})
            for one in lines
        )
    )


def told(lines):
    return " ".join(lines)


def change(auc=0, calibration_error=0, cost=0, cost_at_theoretical_threshold=0):
    signs = {
        "auc": auc,
        "calibration_error": calibration_error,
        "cost": cost,
        "cost_at_theoretical_threshold": cost_at_theoretical_threshold,
    }
    return {name: Estimate(sign * 0.02, sign * 0.02 - 0.01, sign * 0.02 + 0.01) for name, sign in signs.items()}


def test_the_best_is_named_with_its_figures():
    said = told(best(table(line(cost=0.51, auc=0.77, out_of_fold=0.502))))
    assert said.startswith("**LightGBM, none** has the least cost out of fold (0.5020)")
    assert "There it costs 0.5100 [" in said
    assert "AUC of 0.7700 [" in said
    assert "on the test set itself" not in said


def test_what_is_within_noise_and_what_is_not_is_distinguished():
    noisy = line("XGBoost", cost=0.52)
    noisy.scored.draws["cost"] = 0.51 + 3 * NOISE
    said = best(table(line(cost=0.51), noisy, line("Dummy", cost=0.9), line("Random forest", cost=0.4, auc=0.6)))
    assert "- Within noise of the best in cost: XGBoost, none (+0.0100)." in said
    assert "- Higher in cost, beyond noise: Dummy, none (+0.3900)." in said
    assert "- Lower in cost, beyond noise: Random forest, none (-0.1100)." in said
    assert "- Higher in AUC, beyond noise: Random forest, none (+0.1000)." in said
    assert "- Within noise of the best in AUC: XGBoost, none (+0.0000); Dummy, none (+0.0000)." in said
    assert "Least cost on the test set itself: Random forest, none (-0.1100" in told(said)


@pytest.mark.parametrize(
    ("figures", "words"),
    [
        ({"auc": 0.48}, "lowers the AUC (-0.0200"),
        ({"auc": 0.52}, "raises the AUC (+0.0200"),
        ({}, "leaves the AUC within noise (+0.0000"),
        ({"calibration_error": 0.7}, "raises the calibration error (+0.2000"),
        ({"calibration_error": 0.3}, "lowers the calibration error (-0.2000"),
        ({"cost_at_theoretical_threshold": 0.8}, "raises the cost at the theoretical threshold (+0.3000"),
        ({"cost": 0.4}, "lowers the cost at its own out-of-fold threshold (-0.1000"),
        ({"mean_probability": 0.31}, "Mean probability 0.500 without, 0.310 with."),
    ],
)
def test_a_treatment_is_described_model_by_model(figures, words):
    lines = [line(model) for model in MODELS] + [line(model, Strategy.SMOTE) for model in MODELS if model != "XGBoost"]
    said = treatment(table(*lines, line("XGBoost", Strategy.SMOTE, **figures)), Strategy.SMOTE)
    assert words in next(sentence for sentence in said if sentence.startswith("- XGBoost"))
    assert not any(sentence.startswith("- Dummy") for sentence in said)
    assert sum(sentence.startswith("- ") for sentence in said) == 5


def test_a_treatment_is_counted_over_the_models():
    said = overall("SMOTE", [change(auc=-1, calibration_error=1), change(calibration_error=1), change(auc=1)])
    assert "AUC: SMOTE raises it for 1, lowers it for 1, leaves it within noise for 1 of 3 models." in said
    assert "Calibration error: SMOTE raises it for 2, leaves it within noise for 1 of 3 models." in said
    assert "Cost at the theoretical threshold: SMOTE leaves it within noise for 3 of 3 models." in said


@pytest.mark.parametrize(
    ("changes", "verdict"),
    [
        ([change()] * 2, "ranks better or costs less for none, ranks worse or costs more for none, worsens the calib"),
        ([change(auc=1), change(cost=-1)], "ranks better or costs less for 2, ranks worse or costs more for none"),
        ([change(auc=-1), change(cost=1)], "ranks better or costs less for none, ranks worse or costs more for 2"),
        ([change(calibration_error=1), change()], "worsens the calibration of 1."),
        ([change(calibration_error=-1), change()], "worsens the calibration of none."),
    ],
)
def test_the_verdict_on_a_treatment(changes, verdict):
    assert verdict in overall("SMOTE", changes)


def test_thresholds_are_reported_by_whether_the_theoretical_one_will_do():
    inside, outside = line(threshold=0.1), line(strategy=Strategy.SMOTE, threshold=0.4, band=(0.3, 0.5))
    said = thresholds(table(inside, outside, line("Dummy")))
    assert len(said) == 2
    assert "0.0909" in said[0]
    assert "no sign of miscalibration near the threshold. LightGBM, none (0.1000)." in said[0]
    assert "a sign of miscalibration" in said[1]
    assert said[1].endswith("LightGBM, SMOTE (0.4000).")
    assert "Dummy" not in told(said)


def test_thresholds_that_all_agree_say_nothing_of_others():
    assert len(thresholds(table(line()))) == 1
    assert len(thresholds(table(line(band=(0.2, 0.3))))) == 1
