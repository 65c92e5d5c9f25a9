from dataclasses import replace

import pytest

from scoring.artifact.load import load_artifact
from scoring.artifact.recourse_audit import GroupReached, Reached
from scoring.artifact.review import AgeCheck, GroupRates, Groups, Rate
from scoring.errors import PublishError
from tests.training.tiny_artifacts import TINY
from training.gate.bounds import Bounds, bound_checks, explanations

UNKNOWN = Rate(None, None, None)


def group(level, ratio, gap, attribute="CODE_GENDER"):
    rates = [Rate(value, value - 0.05, value + 0.05) if value is not None else UNKNOWN for value in (gap, ratio)]
    return GroupRates(attribute, level, 100, 8, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, *rates)


@pytest.fixture(scope="module")
def tiny():
    return load_artifact(TINY, "tiny")


@pytest.fixture(scope="module")
def grouped(tiny):
    """Men at 0.75 of the women's approvals with a gap of -0.02; those under 27 at 0.5."""
    rates = [group("F", 1.0, 0.01), group("M", 0.75, -0.02), group("XNA", None, None), group("<27", 0.5, 0, "AGE_BAND")]
    return replace(tiny, groups=Groups(1_000, rates, [], AgeCheck(50, [20], 0)))


def test_no_bound_is_no_check(grouped):
    assert bound_checks(grouped, Bounds()) == ()


@pytest.mark.parametrize(("least", "passed"), [(0.5, True), (0.51, False), (0.8, False)])
def test_the_lowest_ratio_decides(grouped, least, passed):
    (found,) = bound_checks(grouped, Bounds(least_approval_ratio=least))
    assert (found.name, found.passed) == ("approval ratio of groups", passed)
    assert found.figures["lowest"] == 0.5
    assert found.figures["required"] == least
    assert f"at least {least:g} of the highest" in found.told


def test_every_group_out_of_bounds_is_named(grouped):
    (found,) = bound_checks(grouped, Bounds(least_approval_ratio=0.8))
    assert "out of bounds: Gender: Man, Age: under 27" in found.told
    assert (found.figures["short"], found.figures["groups"]) == (2, 3)


def test_bounds_can_be_for_some_attributes(grouped):
    (found,) = bound_checks(grouped, Bounds(least_approval_ratio=0.7, attributes=("CODE_GENDER",)))
    assert found.passed
    assert found.figures["lowest"] == 0.75


@pytest.mark.parametrize(("most", "passed"), [(0.02, True), (0.019, False)])
def test_the_widest_calibration_gap_decides_either_way(grouped, most, passed):
    (found,) = bound_checks(grouped, Bounds(most_calibration_gap=most))
    assert (found.name, found.passed) == ("calibration gap of groups", passed)
    assert found.figures["widest"] == 0.02
    assert "-0.0200 (-0.0700 to +0.0300), Gender: Man" in found.told


def test_an_older_artifact_fails_each_bound_and_says_what_to_do(tiny):
    older = load_artifact(TINY.parent / "2", "older")
    found = bound_checks(older, Bounds(0.8, 0.02))
    assert [check.passed for check in found] == [False, False]
    assert all("tells nothing of groups" in check.told and "Train it again" in check.told for check in found)


def test_an_attribute_that_is_not_audited_is_refused_with_those_that_are():
    with pytest.raises(PublishError, match=r"--bounded SHOE_SIZE.*CODE_GENDER, AGE_BAND"):
        Bounds(least_approval_ratio=0.8, attributes=("CODE_GENDER", "SHOE_SIZE"))


def test_contributions_that_add_up_pass_with_the_figures_before_beside_them(tiny):
    before = replace(tiny, quality=replace(tiny.quality, additivity_error=2e-9))
    found = explanations(tiny, before)
    assert found.passed
    assert found.figures["additivity_error"] == tiny.quality.additivity_error
    assert found.figures["additivity_error_before"] == 2e-9
    assert found.figures["compacity_median_before"] == tiny.quality.compacity.median


def test_contributions_that_do_not_add_up_fail(tiny):
    found = explanations(replace(tiny, quality=replace(tiny.quality, additivity_error=0.01)), None)
    assert not found.passed
    assert "within 0.01, while 1e-06 is allowed" in found.told
    assert not any(name.endswith("_before") for name in found.figures)


def test_a_version_before_without_such_figures_leaves_them_out(tiny):
    found = explanations(tiny, load_artifact(TINY.parent / "2", "older"))
    assert found.passed
    assert not any(name.endswith("_before") for name in found.figures)


def test_an_older_artifact_tells_nothing_of_its_explanations():
    assert not explanations(load_artifact(TINY.parent / "1", "older"), None).passed


@pytest.mark.parametrize(("least", "passed"), [(0.5, True), (0.51, False)])
def test_the_lowest_share_with_a_plan_decides(tiny, least, passed):
    found = [reached("F", 0.4), reached("M", 0.2), reached("XNA", None), reached("<27", 0.1, "AGE_BAND")]
    audited = replace(tiny, recourse=replace(tiny.recourse, groups=found))
    (check,) = bound_checks(audited, Bounds(least_recourse_ratio=least))
    assert (check.name, check.passed) == ("recourse ratio of groups", passed)
    assert check.figures["lowest"] == 0.5
    assert "lowest 0.500, Gender: Man, with a plan for 20.0%" in check.told
    (by_age,) = bound_checks(audited, Bounds(least_recourse_ratio=0.9, attributes=("AGE_BAND",)))
    assert by_age.passed


def test_fixed_predictions_are_bounded(tiny):
    share = tiny.recourse.everybody.fixed.value
    assert bound_checks(tiny, Bounds(most_fixed=share))[0].passed
    (check,) = bound_checks(tiny, Bounds(most_fixed=share - 0.01))
    assert (check.name, check.passed, check.figures["fixed"]) == ("fixed predictions", False, share)


@pytest.mark.parametrize("bounds", [Bounds(least_recourse_ratio=0), Bounds(most_fixed=1)])
def test_an_artifact_without_the_audit_fails_a_bound_on_recourse(tiny, bounds):
    (check,) = bound_checks(replace(tiny, recourse=None), bounds)
    assert not check.passed
    assert "tells nothing of recourse" in check.told


def reached(level, share, attribute="CODE_GENDER"):
    rate = UNKNOWN if share is None else Rate(share, share, share)
    return GroupReached(attribute, level, Reached(100, rate, rate, UNKNOWN))
