"""What is held to a bound, where no other test recomputes it: each by another library, or from its table."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from scipy.special import logit
from scipy.stats import binom, chi2
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import proportion_confint

from scoring.lender.roles import APPLICANT_ID
from tests.training.statistics.test_discrimination import standard_error, wins
from tests.training.validation.parts import finding, frame_of, table
from training.statistics.discrimination import NORMAL
from training.validation.calibration import calibration_section
from training.validation.leakage import leakage_section
from training.validation.over_time import over_time_section
from training.validation.rows import rows_of
from training.validation.segments import segments
from training.validation.sensitivity import sensitivity_section
from training.validation.stability import stability_section


@pytest.fixture(scope="module")
def calibration(held_out, bounds):
    return calibration_section(held_out, bounds)


def test_hosmer_lemeshow_by_pandas(held_out, calibration):
    people = pd.DataFrame({"p": held_out.probabilities, "y": held_out.outcomes})
    tenths = people.groupby(pd.qcut(people["p"], 10))
    n, expected, observed = tenths.size(), tenths["p"].sum(), tenths["y"].sum()
    statistic = ((observed - expected) ** 2 / (expected * (1 - expected / n))).sum()
    assert finding(calibration, "hosmer_lemeshow").value == pytest.approx(chi2.sf(statistic, 10))


def test_intercept_and_slope_by_statsmodels(held_out, calibration):
    log_odds = logit(held_out.probabilities)
    level = sm.GLM(held_out.outcomes, np.ones(len(log_odds)), family=sm.families.Binomial(), offset=log_odds).fit()
    assert finding(calibration, "calibration_intercept").value == pytest.approx(level.params[0], abs=1e-6)
    steepness = sm.Logit(held_out.outcomes, sm.add_constant(log_odds)).fit(disp=False)
    assert finding(calibration, "calibration_slope").value == pytest.approx(steepness.params[1], abs=1e-6)


def test_segments_by_the_binomial_itself(held_out, calibration):
    found = frame_of(table(calibration, "segments"))
    all_of_them = segments(held_out)
    p = []
    for one in all_of_them:
        chances = binom.pmf(np.arange(one.applicants + 1), one.applicants, one.expected / one.applicants)
        p.append(chances[chances <= chances[one.defaults] * (1 + 1e-7)].sum())
    corrected = multipletests(p, method="holm")[1]
    order = np.argsort(p)[: len(found)]
    assert found["p"].tolist() == pytest.approx(np.array(p)[order].tolist())
    assert found["p, corrected"].tolist() == pytest.approx(corrected[order].tolist())
    assert found["default rate"].tolist() == pytest.approx((found["defaults"] / found["applicants"]).tolist())
    by_name = {(one.column, one.part): one.expected / one.applicants for one in all_of_them}
    names = zip(found["field or input"], found["segment"], strict=True)
    assert found["expected"].tolist() == pytest.approx([by_name[name] for name in names])
    far = [not 0.8 <= one.defaults / one.expected <= 1.25 for one in all_of_them]
    assert finding(calibration, "segment_breaks").value == (far & (corrected < 0.05)).sum()


def test_the_spread_around_the_trend_by_statsmodels(held_out, bounds, tmp_path):
    ids = np.arange(len(held_out.frame)) + 100_001
    days = pd.to_datetime("2025-01-01") + pd.to_timedelta(ids % 365, unit="D")
    pd.DataFrame({APPLICANT_ID: ids, "DATE": days.strftime("%Y-%m-%d")}).to_csv(tmp_path / "dates.csv", index=False)
    frame = held_out.frame.assign(**{APPLICANT_ID: ids})
    rows = type(held_out)(held_out.artifact, frame, held_out.probabilities, True, None)
    section = over_time_section(rows, tmp_path / "dates.csv", bounds)
    ginis = frame_of(table(section, "quarters"))["Gini"].astype(float)
    line = sm.OLS(ginis, sm.add_constant(np.arange(len(ginis)) / 4)).fit()
    assert finding(section, "gini_slope").value == pytest.approx(line.params.iloc[1])
    assert finding(section, "gini_spread").value == pytest.approx(np.sqrt((line.resid**2).mean()))


def test_the_input_that_is_missed_most_is_that_of_the_table(tiny, bounds):
    section = sensitivity_section(rows_of(tiny, None), bounds)
    found = frame_of(table(section, "inputs_moved")).set_index("input")["missing: decisions that change"]
    assert finding(section, "input_missing").value == found.max()
    assert found.idxmax() in finding(section, "input_missing").told


def test_the_weight_that_drifted_is_that_of_the_columns_that_did(later, bounds):
    rows = later()
    spoilt = {name: rows.frame[name] * 2 for name in ("AMT_INCOME_TOTAL", "EXT_SOURCE_2")}
    section = stability_section(later(spoilt), bounds)
    found = frame_of(table(section, "csi"))
    drifted = found[found["drifted"] == "yes"]
    assert {"AMT_INCOME_TOTAL", "EXT_SOURCE_2"} <= set(drifted["input"])
    assert finding(section, "drifted_weight").value == pytest.approx(drifted["weight"].sum())
    assert found["weight"].sum() == pytest.approx(1)
    assert finding(section, "input_csi").value == found["index"].max()


def test_what_an_input_gained_and_its_purest_range(later, bounds):
    rows = later()
    name = rows.artifact.history_names[3]
    hint = np.random.default_rng(1).choice([0.0, 1.0], len(rows.outcomes)) + rows.outcomes
    section = leakage_section(later({name: hint}), bounds)
    place = [item.feature.name for item in rows.artifact.model.features].index(name)
    before = rows.artifact.population.matrix[:, place]
    bins = pd.cut(before, [-np.inf, *np.unique(np.nanquantile(before, np.arange(1, 10) / 10)), np.inf])
    sides = []
    for groups in (pd.Series(hint).astype(str), pd.Series(bins.astype(str))):
        rates = pd.Series(rows.outcomes).groupby(groups.fillna("missing")).transform("mean").to_numpy()
        pairs = wins(rates, rows.outcomes)
        sides.append((pairs.mean(), standard_error(pairs)))
    (now, now_error), (then, then_error) = sides
    gained = now - then - NORMAL * np.hypot(now_error, then_error)
    assert finding(section, "single_input_gain").value == pytest.approx(gained)
    ranges = frame_of(table(section, "single_inputs"))
    n = ranges["applicants in that range"].to_numpy()
    low, _ = proportion_confint((ranges["default rate in it"] * n).round(), n, method="wilson")
    assert finding(section, "pure_range").value == pytest.approx(low.max())
