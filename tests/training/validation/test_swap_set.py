import numpy as np
import pytest
from statsmodels.stats.proportion import confint_proportions_2indep

from tests.training.validation.parts import finding, frame_of, table
from training.validation.rows import Paired
from training.validation.swap_set import KINDS, SwapGroup, rate_difference, swap_set, swap_set_section


def test_the_four_kinds_by_hand():
    ours, theirs = np.array([1, 1, 1, 0, 0, 0], bool), np.array([1, 0, 0, 1, 0, 0], bool)
    outcomes, credit = np.array([0, 1, 0, 1, 1, 0.0]), np.array([1, 2, 4, 8, np.nan, 32.0])
    p = np.array([0.1, 0.2, 0.3, 0.4, 0.5, 0.6])
    found = swap_set((ours, theirs), (p, 2 * p), (outcomes, credit))
    assert [one.kind for one in found] == list(KINDS)
    assert [(one.applicants, one.defaults, one.credit) for one in found] == [
        (1, 0, 1),
        (2, 1, 6),
        (1, 1, 8),
        (2, 1, 32),
    ]
    assert [one.bad_rate for one in found] == [0.0, 0.5, 1.0, 0.5]
    assert [one.mean_probability for one in found] == pytest.approx([0.1, 0.25, 0.4, 0.55])
    assert [one.other_mean_probability for one in found] == pytest.approx([0.2, 0.5, 0.8, 1.1])


def test_nobody_has_no_rate():
    same = np.ones(3, bool)
    found = swap_set((same, same), (np.ones(3), np.ones(3)), (np.zeros(3), np.ones(3)))
    assert (found[1].applicants, found[1].bad_rate, found[1].mean_probability) == (0, None, None)
    assert rate_difference(found[1], found[2]) is None


@pytest.mark.parametrize(("first", "second"), [((3, 20), (7, 25)), ((0, 4), (1, 5)), ((40, 300), (60, 310))])
def test_the_difference_is_agresti_and_caffos(first, second):
    groups = [SwapGroup("", n, x, None, None, 0.0) for x, n in (first, second)]
    low, high = confint_proportions_2indep(*first, *second, method="agresti-caffo", compare="diff")
    found = rate_difference(*groups)
    assert (found.low, found.high) == pytest.approx((low, high), abs=1e-9)
    assert found.value == pytest.approx(first[0] / first[1] - second[0] / second[1])


@pytest.fixture
def against(held_out):
    """Another version of the bundled model that says something else of the same applicants."""

    def other(probabilities):
        return Paired(held_out.artifact, np.arange(len(held_out.frame)), probabilities)

    return other


def test_a_version_against_itself_swaps_nobody(held_out, against, bounds):
    found = swap_set_section(held_out, against(held_out.probabilities), bounds)
    groups = frame_of(table(found, "swap_set"))
    assert groups["applicants"].tolist()[1:3] == [0, 0]
    assert finding(found, "swap_in_excess").verdict == "untested"
    assert (finding(found, "auc_change").value, finding(found, "cost_change").value) == (0.0, 0.0)
    flips = frame_of(table(found, "decisions")).set_index("the other").to_numpy()
    assert flips.sum() == np.trace(flips) == len(held_out.frame)


def test_a_version_that_ranks_worse_is_found_out_in_all_three(held_out, against, bounds):
    noise = np.random.default_rng(1).lognormal(0, 1.5, len(held_out.frame))
    noisy = np.clip(held_out.probabilities * noise, 0, 0.99)
    better = swap_set_section(held_out, against(noisy), bounds)
    assert {one.verdict for one in better.findings} == {"within"}
    worse = swap_set_section(
        type(held_out)(held_out.artifact, held_out.frame, noisy, False, None), against(held_out.probabilities), bounds
    )
    assert [one.name for one in worse.findings if one.verdict == "outside"] == [
        "swap_in_excess",
        "auc_change",
        "cost_change",
    ]


def test_only_whom_neither_has_learnt_from_are_compared(held_out, against, bounds):
    some = Paired(held_out.artifact, np.arange(0, 4000, 2), held_out.probabilities[::2])
    assert "2,000 of the 4,000" in swap_set_section(held_out, some, bounds).told[0]
    nobody = Paired(held_out.artifact, np.arange(0), np.array([]))
    assert "too few to compare" in swap_set_section(held_out, nobody, bounds).told[0]
