"""When a column has drifted: far enough to matter, and not by chance."""

import numpy as np
import pytest

from scoring.artifact.population import PROBABILITY
from tests.training.drift.people import population
from training.drift.column import Column
from training.drift.populations import raw_columns
from training.drift.scored import Scored
from training.drift.shift import ALARM, holm, shifts

RNG = np.random.default_rng(8)
RESAMPLES = 200


def quantity(reference, current):
    return Column("x", (), np.asarray(reference, dtype=float), np.asarray(current, dtype=float))


def test_holm_is_the_step_down_procedure():
    # Holm (1979): 0.01 * 4, 0.02 * 3, then never less than before.
    assert holm([0.04, 0.01, 0.02, 0.045]).tolist() == pytest.approx([0.08, 0.04, 0.06, 0.08])
    assert holm([0.9, 0.8]).tolist() == [1, 1]


def test_a_tiny_shift_of_very_many_is_significant_and_no_drift():
    (found,) = shifts([quantity(RNG.normal(size=200_000), RNG.normal(0.05, size=200_000))])
    assert found.p_corrected < 1e-6
    assert not found.drifted


def test_a_large_index_of_very_few_is_no_drift():
    (found,) = shifts([quantity(RNG.normal(size=40), RNG.normal(size=40))])
    assert found.psi > 0.1
    assert not found.drifted


def test_a_large_and_significant_shift_is_drift():
    (found,) = shifts([quantity(RNG.normal(size=2_000), RNG.normal(0.5, size=2_000))])
    assert found.drifted


def test_p_values_are_corrected_for_every_column_score_and_decision_together():
    same = [quantity(side, side) for side in RNG.normal(size=(9, 500))]
    shifted = quantity(RNG.normal(size=500), RNG.normal(0.3, size=500))
    alone = shifts([shifted])[0]
    assert shifts([shifted, *same])[0].p_corrected == pytest.approx(10 * alone.p_value)


def test_five_points_of_missing_values_matter_whatever_the_index():
    reference = np.where(RNG.random(20_000) < 0.50, np.nan, 1.0) * RNG.normal(size=20_000)
    current = np.where(RNG.random(20_000) < 0.57, np.nan, 1.0) * RNG.normal(size=20_000)
    (found,) = shifts([quantity(reference, current)])
    assert found.psi < 0.1
    assert found.drifted


def decisions(reference, current):
    before, after = (np.repeat([0.0, 1, 2], numbers) for numbers in (reference, current))
    return Column("decision", ("approve", "refer", "refuse"), before, after)


def test_five_points_of_one_outcome_are_a_drift_of_the_decision_and_two_are_not():
    assert shifts([], decisions([7_000, 1_000, 2_000], [6_400, 1_000, 2_600]))[-1].drifted
    assert not shifts([], decisions([7_000, 1_000, 2_000], [6_800, 1_000, 2_200]))[-1].drifted


@pytest.mark.parametrize(("reference", "current", "every"), [(1_000, 1_000, 1), (2_000, 200, 6)])
def test_without_drift_at_most_one_report_in_twenty_raises_any_alarm(artifact, reference, current, every):
    frame = artifact.population.frame
    both = population(frame)
    # Some of the raw fields: the bound holds for any number of them, and the test is to take seconds.
    scored = Scored(artifact, frame, None)
    columns = raw_columns(both, both)[::every]
    score = frame[PROBABILITY].to_numpy()
    columns.append(Column("score", (), score, score))
    decision = Column("decision", scored.decision.levels, scored.decision.reference, scored.decision.reference)
    rng, alarms = np.random.default_rng(11), 0
    for _ in range(RESAMPLES):
        order = rng.permutation(len(frame))
        first, second = order[:reference], order[reference : reference + current]
        drawn = [
            Column(each.name, each.levels, each.reference[first], each.reference[second])
            for each in (*columns, decision)
        ]
        alarms += any(found.drifted for found in shifts(drawn[:-1], drawn[-1]))
    assert alarms <= ALARM * RESAMPLES
