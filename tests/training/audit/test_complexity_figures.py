"""The model beside a scorecard, both given: every figure by scikit-learn, statsmodels or by hand."""

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import confusion_matrix, roc_auc_score
from statsmodels.stats.weightstats import DescrStatsW

from scoring.decision.costs import CostFunctions, cost_columns
from scoring.errors import TrainingError
from scoring.lender.roles import CREDIT, INSTALMENT
from training.audit import complexity as room
from training.audit.complexity import complexity
from training.learn.fit import OutOfFold
from training.learn.rows import TrainingRows
from training.learn.threshold import cost_curves

N, COSTS = 3_000, CostFunctions()


@pytest.fixture(scope="module")
def some():
    """Applicants with the probabilities of a model, and with noisier ones of a scorecard."""
    rng = np.random.default_rng(1)
    true = rng.beta(1, 9, N)
    simple = np.clip(true * rng.lognormal(0, 0.7, N), 0.001, 0.9)
    frame = pd.DataFrame({CREDIT: rng.uniform(1e5, 1e6, N), INSTALMENT: rng.uniform(5e3, 5e4, N)})
    return frame, true, simple, (rng.random(N) < true).astype(float)


@pytest.fixture(scope="module")
def found(some):
    frame, true, simple, outcomes = some
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(room, "cross_validate", lambda *_: OutOfFold(simple, simple, simple, ()))
        return complexity(frame, TrainingRows(np.empty((N, 0)), outcomes, ()), [FOLD], true, COSTS, 7, int)


FOLD = (np.arange(1_000, N), np.arange(1_000))


def refused(some, side, function):
    """Who is refused among those held out, by the threshold that costs least on the others."""
    frame, *_, outcomes = some
    learn, held_out = FOLD
    rule = cost_curves(side[learn], outcomes[learn], cost_columns(frame.iloc[learn]), COSTS).rule(function)
    return side[held_out] > rule.terms(cost_columns(frame.iloc[held_out])).threshold


def test_the_auc_is_scikit_learns(some, found):
    _, true, simple, outcomes = (one[:1_000] for one in some)
    theirs = roc_auc_score(outcomes, simple)
    assert found["auc"]["scorecard"] == pytest.approx(theirs)
    assert found["auc"]["change"] == pytest.approx(roc_auc_score(outcomes, true) - theirs)
    assert found["auc"]["interval"][0] < found["auc"]["change"] < found["auc"]["interval"][1]


def test_the_cost_is_that_of_the_confusion_matrices(some, found):
    _, true, simple, outcomes = some
    costs = []
    for side in (true, simple):
        _, false_refusals, false_approvals, _ = confusion_matrix(
            outcomes[:1_000], refused(some, side, COSTS.ratio)
        ).ravel()
        costs.append((10 * false_approvals + false_refusals) / 1_000)
    assert found["cost"]["scorecard"] == pytest.approx(costs[1])
    assert found["cost"]["change"] == pytest.approx(costs[0] - costs[1])


def test_the_money_and_its_interval_are_those_of_paired_losses(some, found):
    frame, true, simple, outcomes = some
    errors = COSTS.amount.per_applicant(cost_columns(frame.iloc[:1_000]))
    lost = []
    for side in (true, simple):
        no = refused(some, side, COSTS.amount)
        wrong = [
            errors.false_refusal[at] if no[at] and not outcomes[at] else errors.false_approval[at]
            for at in range(1_000)
            if no[at] != bool(outcomes[at])
        ]
        right = [0.0] * (1_000 - len(wrong))
        lost.append(np.mean([*wrong, *right]))
    assert found["money"]["scorecard"] == pytest.approx(lost[1])
    assert found["money"]["change"] == pytest.approx(lost[0] - lost[1])
    change = np.where(refused(some, true, COSTS.amount), (1 - outcomes[:1_000]) * errors.false_refusal, 0)
    change += np.where(~refused(some, true, COSTS.amount), outcomes[:1_000] * errors.false_approval, 0)
    change -= np.where(refused(some, simple, COSTS.amount), (1 - outcomes[:1_000]) * errors.false_refusal, 0)
    change -= np.where(~refused(some, simple, COSTS.amount), outcomes[:1_000] * errors.false_approval, 0)
    low, high = DescrStatsW(change).zconfint_mean()
    assert found["money"]["interval"] == pytest.approx([low, high], rel=0.15)


def test_where_no_scorecard_can_be_fitted_there_is_none(some, monkeypatch):
    def refuse(*_):
        raise TrainingError("No feature has an information value of 0.02.")

    frame, true, _, outcomes = some
    monkeypatch.setattr(room, "cross_validate", refuse)
    assert complexity(frame, TrainingRows(np.empty((N, 0)), outcomes, ()), [FOLD], true, COSTS, 7, int) is None
