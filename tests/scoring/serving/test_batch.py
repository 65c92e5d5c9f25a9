import numpy as np
import pandas as pd
import pytest

from scoring.applicants.scenarios import COLUMN
from scoring.errors import ApplicantsFileError
from scoring.serving.batch import score_frame
from scoring.serving.settings import DEMO_APPLICANTS


def test_where_the_file_is_cut_into_batches_changes_nothing(artifact, applicants):
    whole = pd.concat([score_frame(artifact, batch) for batch in applicants.batches(10**6)])
    parts = pd.concat([score_frame(artifact, batch) for batch in applicants.batches(333)])
    np.testing.assert_array_equal(whole["probability"], parts["probability"])


@pytest.mark.parametrize("beside", [{}, {COLUMN: "as text"}, {COLUMN: 1.5}, {"APPLICATION_DATE": "2026-01-31"}])
def test_what_a_file_of_applicants_holds_beside_what_is_scored_changes_nothing(artifact, applicants, beside):
    frame = pd.read_parquet(DEMO_APPLICANTS).head(20).assign(**beside)
    assert COLUMN in frame
    expected = score_frame(artifact, next(applicants.batches(20)))
    pd.testing.assert_frame_equal(score_frame(artifact, frame), expected, check_dtype=False)


def test_another_column_of_other_than_numbers_is_refused_by_name(artifact):
    frame = pd.read_parquet(DEMO_APPLICANTS).head(20).assign(bureau_debt=[[1.0]] * 20)
    with pytest.raises(ApplicantsFileError, match="column bureau_debt holds other than numbers"):
        score_frame(artifact, frame)
