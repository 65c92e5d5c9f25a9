"""The columns of the pack's tables that no other test has, each by another library or by hand."""

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit
from sklearn.calibration import calibration_curve
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint
from statsmodels.stats.weightstats import DescrStatsW

from scoring.artifact.model import log_odds_of
from scoring.decision.costs import cost_columns
from scoring.lender.roles import APPLICANT_ID, CREDIT
from tests.training.statistics.test_discrimination import standard_error, wins
from tests.training.validation.parts import finding, frame_of, table
from training.statistics.discrimination import NORMAL
from training.validation.bands import bands_section
from training.validation.calibration import calibration_section
from training.validation.cut_offs import APPROVALS, cut_offs_section
from training.validation.discrimination import discrimination_section
from training.validation.groups import groups_section
from training.validation.over_time import over_time_section
from training.validation.rows import Paired, rows_of
from training.validation.scope import scope_section
from training.validation.sensitivity import SEED, sensitivity_section
from training.validation.stability import stability_section
from training.validation.swap_set import swap_set_section


def points_of(probability):
    """600 at odds of 50, 20 to double them."""
    return 600 + 20 * np.log2((1 - probability) / probability / 50)


@pytest.fixture(scope="module")
def people(held_out):
    """The applicants as pandas sees them."""
    return pd.DataFrame(
        {"p": held_out.probabilities, "y": held_out.outcomes, "credit": held_out.frame[CREDIT].to_numpy()}
    )


def test_the_amount_asked_for_is_everybodys(held_out, bounds, people):
    values = dict(table(scope_section(held_out, bounds), "sizes").rows)
    assert values["amount asked for, all applicants"] == pytest.approx(people["credit"].sum())
    assert (values["applicants"], values["defaults"]) == (len(people), people["y"].sum())


def test_the_place_of_the_distance_in_points(held_out, bounds, people):
    found = frame_of(table(discrimination_section(held_out, bounds), "discrimination")).set_index("figure")["value"]
    place = found["probability at that place"]
    there = people[people["p"] >= place - 1e-9]
    assert found["points there"] == pytest.approx(points_of(place))
    assert found["applicants refused there"] == pytest.approx(len(there) / len(people))
    assert found["defaulters refused there"] == pytest.approx(there["y"].sum() / people["y"].sum())
    assert found["repayers refused there"] == pytest.approx((1 - there["y"]).sum() / (1 - people["y"]).sum())


def test_gains_and_lift_by_rank(held_out, bounds, people):
    found = frame_of(table(discrimination_section(held_out, bounds), "gains"))
    tenth = np.ceil(people["p"].rank(ascending=False, method="first") / 400)
    by_tenth = people.groupby(tenth)["y"].agg(["size", "sum", "mean"])
    assert found["applicants"].tolist() == by_tenth["size"].tolist()
    assert found["defaults"].tolist() == by_tenth["sum"].tolist()
    assert found["default rate"].tolist() == pytest.approx(by_tenth["mean"].tolist())
    assert found["lowest probability"].tolist() == pytest.approx(people.groupby(tenth)["p"].min().tolist())
    captured = by_tenth["sum"].cumsum() / people["y"].sum()
    assert found["defaults captured so far"].tolist() == pytest.approx(captured.tolist())
    assert found["lift so far"].tolist() == pytest.approx((captured / (np.arange(1, 11) / 10)).tolist())


def test_bands_by_pandas(held_out, bounds, people):
    found = frame_of(table(bands_section(held_out, bounds), "bands"))
    edges = np.quantile(people["p"], np.arange(1, 10) / 10)
    groups = people.groupby(pd.cut(people["p"], [0, *edges, 1], right=False, labels=False))
    assert found["mean probability"].tolist() == pytest.approx(groups["p"].mean().tolist())
    assert found["default rate"].tolist() == pytest.approx(groups["y"].mean().tolist())
    assert found["points, at most"].tolist()[1:] == pytest.approx(points_of(edges).tolist())
    low, high = proportion_confint(groups["y"].sum(), groups["y"].size(), method="wilson")
    assert found["low"].tolist() == pytest.approx(low.tolist())
    assert found["high"].tolist() == pytest.approx(high.tolist())


def test_the_lenders_bands_by_pandas(held_out, bounds, people):
    found = frame_of(table(bands_section(held_out, bounds), "lender_bands")).set_index("band")
    groups = people.groupby(held_out.artifact.bands.names(points_of(people["p"].to_numpy()), "en"))
    large = groups.filter(lambda one: len(one) >= 30).index
    names = sorted(set(held_out.artifact.bands.names(points_of(people.loc[large, "p"].to_numpy()), "en")))
    assert found.loc[names, "share"].tolist() == pytest.approx((groups.size()[names] / len(people)).tolist())
    assert found.loc[names, "mean probability"].tolist() == pytest.approx(groups["p"].mean()[names].tolist())
    low, high = proportion_confint(groups["y"].sum()[names], groups.size()[names], method="wilson")
    assert found.loc[names, "low"].tolist() == pytest.approx(low.tolist())
    assert found.loc[names, "high"].tolist() == pytest.approx(high.tolist())


def test_calibration_by_scikit_learn(held_out, bounds, people):
    section = calibration_section(held_out, bounds)
    found = frame_of(table(section, "calibration"))
    observed, predicted = calibration_curve(people["y"], people["p"], n_bins=10, strategy="quantile")
    assert found["observed"].tolist() == pytest.approx(observed.tolist())
    assert found["predicted"].tolist() == pytest.approx(predicted.tolist())
    assert finding(section, "calibration_error").value == pytest.approx(np.abs(observed - predicted).mean())
    low, high = proportion_confint((400 * observed).round(), 400, method="wilson")
    assert found["low"].tolist() == pytest.approx(low.tolist())
    assert found["high"].tolist() == pytest.approx(high.tolist())


def test_every_cut_off_by_pandas(held_out, bounds, people):
    """Under the ratio, a cut-off is one probability for everybody."""
    section = cut_offs_section(held_out, bounds)
    found = frame_of(table(section, "cut_offs")).set_index("cut-off")
    rule, n = held_out.artifact.rule, len(people)
    lost = held_out.artifact.curves.costs.amount.per_applicant(cost_columns(held_out.frame)).false_approval
    for share in APPROVALS:
        line = found.loc[f"approve {share:.0%}"]
        limit = people["p"].nsmallest(round(share * n)).iloc[-1]
        approved = people["p"] <= limit
        odds = limit / (1 - limit)
        k_near = [odds * k / rule.k for k in (rule.k_low, rule.k_high)]
        referred = (people["p"] / (1 - people["p"])).between(k_near[0] * (1 - 1e-12), k_near[1] * (1 + 1e-12))
        refused_good = (~approved & (people["y"] == 0)).sum()
        approved_bad = (approved & (people["y"] == 1)).sum()
        assert line["probability"] == pytest.approx(limit)
        assert line["points"] == pytest.approx(points_of(limit))
        assert line["k"] == pytest.approx(10 * odds)
        assert line["approved"] == pytest.approx(approved.mean())
        assert line["default rate of the approved"] == pytest.approx(people.loc[approved, "y"].mean())
        assert line["referred"] == pytest.approx(referred.mean())
        assert line["default rate of the referred"] == pytest.approx(people.loc[referred, "y"].mean())
        assert line["cost per applicant"] == pytest.approx((10 * approved_bad + refused_good) / n)
        assert line["amount lent"] == pytest.approx(people.loc[approved, "credit"].sum())
        assert line["expected loss"] == pytest.approx((people["p"] * lost)[approved].sum())
        assert line["realised loss"] == pytest.approx((people["y"] * lost)[approved].sum())
    cost, served = found["cost per applicant"], found.loc["served"]
    assert finding(section, "cut_off_regret").value == pytest.approx(cost["served"] / cost.min() - 1)
    assert finding(section, "loss_ratio").value == pytest.approx(served["realised loss"] / served["expected loss"])


def test_a_swap_set_by_pandas(held_out, bounds, people):
    noisy = expit(log_odds_of(held_out.probabilities) + np.random.default_rng(3).normal(0, 0.6, len(people)))
    section = swap_set_section(held_out, Paired(held_out.artifact, np.arange(len(people)), noisy), bounds)
    groups, terms = frame_of(table(section, "swap_set")).set_index("who"), held_out.terms
    ours, theirs = held_out.probabilities <= terms.threshold, noisy <= terms.threshold
    kinds = people.groupby([~ours, ~theirs])
    assert groups["applicants"].tolist() == kinds.size().tolist()
    assert groups["share"].tolist() == pytest.approx((kinds.size() / len(people)).tolist())
    assert groups["default rate"].tolist() == pytest.approx(kinds["y"].mean().tolist())
    assert groups["amount asked for"].tolist() == pytest.approx(kinds["credit"].sum().tolist())
    x, n = groups["defaults"].tolist(), groups["applicants"].tolist()
    low, _ = confint_proportions_2indep(x[1], n[1], x[2], n[2], method="agresti-caffo", compare="diff")
    assert finding(section, "swap_in_excess").value == pytest.approx(low)
    outcomes = ("approve", "refer", "refuse")
    named = [pd.Series(np.array(outcomes)[terms.decide(side)]) for side in (noisy, held_out.probabilities)]
    counted = pd.crosstab(*named).loc[list(outcomes), list(outcomes)]
    assert (
        frame_of(table(section, "decisions")).set_index("the other").to_numpy().tolist() == counted.to_numpy().tolist()
    )
    y = people["y"].to_numpy()
    losses = [np.where(side, 10 * y, 1 - y) for side in (ours, theirs)]
    _, high = DescrStatsW(losses[0] - losses[1]).zconfint_mean()
    assert finding(section, "cost_change").value == pytest.approx(high / losses[1].mean(), abs=0.006)
    pairs = wins(held_out.probabilities, y) - wins(noisy, y)
    assert finding(section, "auc_change").value == pytest.approx(pairs.mean() + NORMAL * standard_error(pairs))


def test_weights_and_indices_by_lightgbm_and_numpy(later, bounds):
    """A tenth more income: the index over the deciles before, and the weight from LightGBM's own contributions."""
    income = later().frame["AMT_INCOME_TOTAL"]
    rows = later({"AMT_INCOME_TOTAL": 1.1 * income})
    found = frame_of(table(stability_section(rows, bounds), "csi")).set_index("input")
    edges = [-np.inf, *np.quantile(income, np.arange(1, 10) / 10), np.inf]
    before, now = (
        np.maximum(
            pd.cut(side, edges, labels=False).value_counts(normalize=True).reindex(range(10), fill_value=0), 1e-4
        )
        for side in (income, 1.1 * income)
    )
    index = ((now - before) * np.log(now / before)).sum()
    assert found.loc["AMT_INCOME_TOTAL", "index"] == pytest.approx(index, abs=1e-9)
    model, reference = rows.artifact.model, rows.artifact.population.matrix
    parts = np.abs(model.booster.predict(reference, pred_contrib=True)[:, :-1]).mean(axis=0)
    names = [item.feature.name for item in model.features]
    weights = pd.Series(parts / parts.sum(), names)
    assert found.loc[names, "weight"].tolist() == pytest.approx(weights.tolist(), abs=2e-3)


def test_quarters_by_pandas_and_delong_over_all_pairs(held_out, bounds, people, tmp_path):
    ids = np.arange(len(people)) + 100_001
    days = pd.Series(pd.to_datetime("2025-01-01") + pd.to_timedelta(ids % 365, unit="D"))
    pd.DataFrame({APPLICANT_ID: ids, "DATE": days.dt.strftime("%Y-%m-%d")}).to_csv(tmp_path / "dates.csv", index=False)
    rows = type(held_out)(
        held_out.artifact, held_out.frame.assign(**{APPLICANT_ID: ids}), held_out.probabilities, True, None
    )
    found = frame_of(table(over_time_section(rows, tmp_path / "dates.csv", bounds), "quarters")).set_index("quarter")
    groups = people.groupby(days.dt.to_period("Q").astype("str"))
    assert found["default rate"].tolist() == pytest.approx(groups["y"].mean().tolist())
    assert found["mean probability"].tolist() == pytest.approx(groups["p"].mean().tolist())
    for quarter, one in groups:
        pairs = wins(one["p"].to_numpy(), one["y"].to_numpy())
        ends = 2 * (pairs.mean() + NORMAL * standard_error(pairs) * np.array([-1, 1])) - 1
        assert found.loc[quarter, ["low", "high"]].tolist() == pytest.approx(ends.tolist())


def test_a_shuffled_input_is_scored_through_the_booster(tiny, bounds):
    """The first input's shuffle is the first that the seed gives."""
    rows = rows_of(tiny, None)
    found = frame_of(table(sensitivity_section(rows, bounds), "inputs_moved")).set_index("input")
    name = tiny.model.features[0].feature.name
    shuffled = rows.matrix.copy()
    shuffled[:, 0] = np.random.default_rng(SEED).permutation(shuffled[:, 0])
    calibration = tiny.model.calibration
    sides = [
        calibration.intercept + calibration.slope * tiny.model.booster.predict(matrix, raw_score=True)
        for matrix in (rows.matrix, shuffled)
    ]
    line = found.loc[name, [column for column in found.columns if column.startswith("shuffled: ")]].tolist()
    decisions = [rows.terms.decide(expit(side)) for side in sides]
    assert line == pytest.approx(
        [
            np.abs(sides[1] - sides[0]).mean(),
            (expit(sides[1]) - expit(sides[0])).mean(),
            (decisions[0] != decisions[1]).mean(),
        ]
    )


def test_the_other_rates_of_a_group_by_pandas(held_out, bounds, people):
    found = frame_of(table(groups_section(held_out, bounds), "groups")).set_index("group")
    approved = people["p"] <= held_out.terms.threshold
    gender = held_out.frame["CODE_GENDER"].to_numpy()
    rates = approved.groupby(gender).mean()
    row = found.loc["Gender: Woman"]
    women = gender == "F"
    assert row["mean probability"] == pytest.approx(people.loc[women, "p"].mean(), abs=1e-5)
    assert row["false approval"] == pytest.approx(approved[women & (people["y"] == 1)].mean(), abs=1e-5)
    assert row["approval ratio"] == pytest.approx(rates["F"] / rates.max(), abs=1e-5)
    n = women.sum()
    low, high = proportion_confint(approved[women].sum(), n)
    assert (row["approval, low"], row["approval, high"]) == pytest.approx((low, high), abs=0.004)
