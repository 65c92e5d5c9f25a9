import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from scoring.applicants_file import open_applicants
from scoring.errors import ApplicantsFileError, UnknownApplicantError
from scoring.settings import DEMO_APPLICANTS
from tests.damage import damage


def test_everybody_is_found_as_the_file_has_them(applicants):
    frame = pd.read_parquet(DEMO_APPLICANTS).set_index("SK_ID_CURR")
    for applicant_id in applicants.ids[::307].tolist():
        found = applicants.find(applicant_id)
        assert found.applicant_id == applicant_id
        assert found.raw["AMT_CREDIT"] == frame.loc[applicant_id, "AMT_CREDIT"]
        expected = frame.loc[applicant_id, list(applicants.history_names)].to_numpy(float)
        np.testing.assert_array_equal(list(found.history.values()), expected)
        assert list(found.history) == list(applicants.history_names)


@pytest.mark.parametrize("applicant_id", [0, -1, 10**18])
def test_an_unknown_id_is_named_with_the_range_on_file(applicants, applicant_id):
    with pytest.raises(UnknownApplicantError, match=str(applicants.ids[0])) as refused:
        applicants.find(applicant_id)
    assert str(applicant_id) in str(refused.value).replace(",", "")


def test_search_finds_ids_that_begin_so(applicants):
    for query in ("1", "10", str(applicants.ids[7]), "100000000000000000"):
        expected = [found for found in applicants.ids.tolist() if str(found).startswith(query)][:20]
        assert applicants.search(query, 20) == expected


def test_an_empty_search_lists_the_first(applicants):
    assert applicants.search("", 3) == applicants.ids[:3].tolist()


def test_batches_hold_everybody_once(applicants):
    sizes = [len(batch) for batch in applicants.batches(rows=700)]
    assert sum(sizes) == len(applicants)
    assert max(sizes) <= 700


def rewritten(tmp_path, change):
    path = tmp_path / "applicants.parquet"
    pq.write_table(change(pq.read_table(DEMO_APPLICANTS).slice(0, 50)), path)
    return path


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda table: table.drop_columns(["AMT_CREDIT"]), "AMT_CREDIT"),
        (lambda table: table.drop_columns(["SK_ID_CURR"]), "SK_ID_CURR"),
        (lambda table: table.take(list(range(49, -1, -1))), "sorted"),
        (lambda table: table.take([0, 0, 1]), "unique"),
        (lambda table: table.slice(0, 0), "not empty"),
    ],
)
def test_a_file_that_cannot_be_served_is_refused_with_the_remedy(artifact, tmp_path, change, told):
    with pytest.raises(ApplicantsFileError, match=told) as refused:
        open_applicants(rewritten(tmp_path, change), artifact.history_names)
    assert "python -m training applicants" in str(refused.value)


def test_a_file_that_lacks_the_models_history_is_refused(tmp_path):
    with pytest.raises(ApplicantsFileError, match="no_such_feature"):
        open_applicants(rewritten(tmp_path, lambda table: table), ("no_such_feature",))


def test_a_file_that_is_absent_or_no_parquet_is_refused(tmp_path):
    (tmp_path / "text.parquet").write_text("hello")
    for name in ("absent.parquet", "text.parquet"):
        with pytest.raises(ApplicantsFileError, match=name):
            open_applicants(tmp_path / name, ())


def test_a_file_that_is_damaged_in_the_middle_is_refused_when_it_is_read(applicants, tmp_path):
    path = tmp_path / "applicants.parquet"
    path.write_bytes(DEMO_APPLICANTS.read_bytes())
    damage(path, "AMT_CREDIT")
    opened = open_applicants(path, applicants.history_names)
    with pytest.raises(ApplicantsFileError, match="no readable Parquet file"):
        list(opened.batches())
