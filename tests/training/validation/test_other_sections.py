"""Sections that reuse what is tested elsewhere: scope, ranking, calibration, groups, explanations, overrides."""

from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import brier_score_loss, roc_auc_score
from statsmodels.stats.proportion import proportion_confint

from scoring.oversight.decisions import Decisions, KnownOutcome, Made
from scoring.oversight.overrides import overrides_of
from tests.training.validation.parts import finding, frame_of, table
from training.validation.calibration import calibration_section
from training.validation.discrimination import discrimination_section
from training.validation.explanations import explanations_section
from training.validation.groups import groups_section
from training.validation.overrides import overrides_section
from training.validation.recourse import recourse_section
from training.validation.restraint import restraint_section
from training.validation.rows import rows_of
from training.validation.scope import scope_section


def test_the_scope_names_model_applicants_and_limits(held_out, bounds):
    found = scope_section(held_out, bounds)
    assert finding(found, "defaults").value == held_out.outcomes.sum()
    values = dict(table(found, "scope").rows)
    assert values["version"] == held_out.artifact.identity.version
    assert values["file of bounds, SHA-256"] == bounds.sha256
    assert "made-up" in found.told[-1]
    assert any("not known" in paragraph for paragraph in found.told)


def test_gini_is_twice_the_auc_less_one(held_out, bounds):
    found = frame_of(table(discrimination_section(held_out, bounds), "discrimination")).set_index("figure")
    area = roc_auc_score(held_out.outcomes, held_out.probabilities)
    assert found.loc["AUC", "value"] == pytest.approx(area)
    assert found.loc["Gini", "value"] == pytest.approx(2 * area - 1)
    assert found.loc["Gini", "low"] == pytest.approx(2 * found.loc["AUC", "low"] - 1)


def test_an_auc_below_the_promise_is_out_of_bound(held_out, bounds):
    shuffled = np.random.default_rng(1).permutation(held_out.probabilities)
    found = discrimination_section(replace(held_out, probabilities=shuffled), bounds)
    assert {one.name for one in found.findings if one.verdict == "outside"} == {"gini", "ks", "auc_loss", "first_lift"}


def test_calibration_agrees_with_the_artifacts_own_figures(held_out, bounds):
    found = calibration_section(held_out, bounds)
    figures = held_out.artifact.metrics["held_out"]
    assert finding(found, "calibration_error").value == pytest.approx(figures["calibration_error_deciles"])
    tenths = frame_of(table(found, "calibration"))
    assert tenths["observed"].tolist() == pytest.approx([row["observed"] for row in figures["calibration"]])
    assert ((tenths["low"] <= tenths["observed"]) & (tenths["observed"] <= tenths["high"])).all()
    assert brier_score_loss(held_out.outcomes, held_out.probabilities) == pytest.approx(figures["brier"])


def test_restraint_is_proved_on_these_applicants(held_out, bounds):
    found = restraint_section(replace(held_out, frame=held_out.frame.head(700)), bounds)
    assert [one.name for one in found.findings] == ["exclusions", "proxy_auc", "directions", "elderly"]
    assert {one.verdict for one in found.findings} == {"within"}
    assert "700 applicants" in finding(found, "exclusions").told


def test_groups_by_pandas(held_out, bounds):
    found = groups_section(held_out, bounds)
    groups = frame_of(table(found, "groups")).set_index("group")
    approved = held_out.probabilities <= held_out.terms.threshold
    women = (held_out.frame["CODE_GENDER"] == "F").to_numpy()
    row = groups.loc["Gender: Woman"]
    assert row["applicants"] == women.sum()
    assert row["approval"] == pytest.approx(approved[women].mean(), abs=1e-5)
    assert row["false refusal"] == pytest.approx((~approved[women & (held_out.outcomes == 0)]).mean(), abs=1e-5)
    assert row["default rate"] == pytest.approx(held_out.outcomes[women].mean(), abs=1e-5)
    gap = held_out.probabilities[women].mean() - held_out.outcomes[women].mean()
    assert row["calibration gap"] == pytest.approx(gap, abs=1e-5)
    assert finding(found, "approval_ratio").value == groups["approval ratio"].min()
    assert finding(found, "group_calibration_gap").value == groups["calibration gap"].abs().max()


def test_a_small_group_shows_nothing(tiny, bounds):
    found = frame_of(table(groups_section(rows_of(tiny, None), bounds), "groups"))
    small = found[found["approval"].isna()]
    assert len(small)
    assert small.drop(columns="group").isna().all(axis=None)


def test_reasons_are_proved_again_and_the_rest_read(held_out, bounds):
    found = explanations_section(held_out, bounds)
    assert finding(found, "additivity").value < 1e-9
    assert finding(found, "kept_reasons").value == held_out.artifact.quality.perturbed.kept_reasons
    theme = finding(recourse_section(held_out, bounds), "recourse_theme")
    assert theme.value == pytest.approx(held_out.artifact.quality.agreement.by_theme)


def test_recourse_is_what_the_artifact_s_audit_found(tiny, bounds):
    audit = tiny.recourse
    found = recourse_section(rows_of(tiny, None), bounds)
    assert finding(found, "recourse_found").value == audit.everybody.plan.value
    assert finding(found, "recourse_fixed").value == audit.everybody.fixed.value
    groups = frame_of(table(found, "recourse")).set_index("group")
    shares = pd.DataFrame([(each.attribute, each.reached.plan.value) for each in audit.groups]).dropna()
    by_attribute = shares.groupby(0)[1]
    assert finding(found, "recourse_ratio").value == pytest.approx((by_attribute.min() / by_attribute.max()).min())
    assert groups.loc["everybody", "applicants"] == audit.applicants
    small = groups[groups["with a plan"].isna()]
    assert len(small)
    assert small.isna().all(axis=None)
    moves = frame_of(table(found, "moves"))
    assert moves["open to"].tolist() == [move.open for move in audit.moves]


def test_of_too_few_applicants_recourse_is_untested(tiny, bounds):
    none = replace(tiny.recourse, applicants=0, with_history=0, by_loan=0, everybody=None, groups=[], moves=[])
    found = recourse_section(rows_of(replace(tiny, recourse=none), None), bounds)
    assert finding(found, "recourse_ratio").verdict == "untested"
    assert finding(found, "recourse_ratio").told == "too few applicants"


def test_an_older_artifact_says_what_it_does_not_hold(held_out, bounds):
    older = replace(held_out, artifact=replace(held_out.artifact, quality=None, recourse=None))
    told = [*explanations_section(older, bounds).findings[1:], *recourse_section(older, bounds).findings]
    assert {one.verdict for one in told} == {"untested"}
    assert all("Train it again" in one.told for one in told)


def test_overrides_by_hand(bounds):
    """Twenty decisions: 8 approved as advised, 1 refused against advice, 2 approved against it, 5 after a referral."""
    recommended = ["approve"] * 9 + ["refuse"] * 6 + ["refer"] * 5
    outcomes = ["approve"] * 8 + ["refuse"] + ["approve"] * 2 + ["refuse"] * 4 + ["refuse"] * 5
    made = [made_up(number, *pair) for number, pair in enumerate(zip(recommended, outcomes, strict=True))]
    defaulted = {0: 1, 1: 1, **dict.fromkeys(range(2, 8), 0), 9: 1}
    known = {applicant: KnownOutcome(target, None, applicant) for applicant, target in defaulted.items()}
    found = overrides_section(overrides_of(Decisions(made, erased=2), known), bounds)
    rate = finding(found, "override_rate")
    assert rate.value == pytest.approx(3 / 15)
    assert rate.verdict == "outside"
    assert "2 approvals of whom it would refuse, 1 refusals of whom it would approve" in rate.told
    assert found.told == ["20 decisions with this version; 2 more in the journal are erased."]
    rows = {(row[0], row[1]): row[2:6] for row in table(found, "overrides").rows}
    assert rows["approve", "approve"] == [8, 8, 0.05, 0.25]
    assert rows["refuse", "approve"] == [2, 1, 0.05, 1.0]
    assert rows["refer", "refuse"] == [5, 0, None, None]
    ends = next(row[6:8] for row in table(found, "overrides").rows if row[:2] == ["approve", "approve"])
    assert ends == pytest.approx(proportion_confint(2, 8, method="wilson"), rel=1e-4)


def made_up(number, recommendation, outcome):
    """A decision that stands."""
    at = datetime(2026, 11, 1, tzinfo=UTC)
    return Made(
        number, at, "anna", number, recommendation, outcome, "", 0.05, 0.5, 0.95, "refusals", "stands", at, False, False
    )
