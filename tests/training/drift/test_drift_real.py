"""docs/drift.md is right about the real sample; statistics only."""

import pytest

from training.drift.evidently_report import earlier_count
from training.drift.populations import current_population, raw_columns, reference_population
from training.drift.shift import shifts


@pytest.mark.real_data
def test_the_earlier_systems_count_and_ours_on_the_real_sample(real_sample):
    reference, current = (read(real_sample, with_history=False) for read in (reference_population, current_population))
    earlier = earlier_count(reference.frame.drop(columns="SK_ID_CURR"), current.frame.drop(columns="SK_ID_CURR"))
    assert (earlier.columns, earlier.drifted) == (104, 49)
    found = shifts(raw_columns(reference, current))
    assert sum(shift.p_corrected < 0.05 for shift in found) == 74
    assert sum(shift.drifted for shift in found) == 5
