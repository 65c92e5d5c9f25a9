import os

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from scoring.applicants.store import open_applicants
from scoring.errors import ApplicantsFileError, UnknownApplicantError
from scoring.lender.roles import APPLICANT_ID
from scoring.serving.settings import DEMO_APPLICANTS
from tests.damage import damage
from training.tables.batches import write_batches


def test_everybody_is_found_as_the_file_has_them(applicants):
    frame = pd.read_parquet(DEMO_APPLICANTS).set_index("SK_ID_CURR")
    for applicant_id in applicants.ids[::307].tolist():
        found = applicants.find(applicant_id)
        assert found.applicant_id == applicant_id
        assert found.raw["AMT_CREDIT"] == frame.loc[applicant_id, "AMT_CREDIT"]
        expected = frame.loc[applicant_id, list(applicants.history_names)].to_numpy(float)
        np.testing.assert_array_equal(list(found.history.values()), expected)
        assert list(found.history) == list(applicants.history_names)


@pytest.mark.parametrize("applicant_id", [0, -1, 10**18, 2**63, 10**30, -(10**30)])
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
    with pytest.raises(ApplicantsFileError, match="no readable Parquet or Arrow file"):
        list(opened.batches())


@pytest.fixture(scope="module")
def arrow(applicants, tmp_path_factory):
    """The bundled applicants as an Arrow file of small groups."""
    path = tmp_path_factory.mktemp("arrow") / "applicants.arrow"
    table = pq.read_table(DEMO_APPLICANTS)
    write_batches((table.slice(start, 300) for start in range(0, len(table), 300)), table.schema, path)
    return open_applicants(path, applicants.history_names)


def test_an_arrow_file_holds_the_same_applicants(applicants, arrow):
    np.testing.assert_array_equal(arrow.ids, applicants.ids)
    for applicant_id in applicants.ids[::307].tolist():
        one, other = arrow.find(applicant_id), applicants.find(applicant_id)
        assert one.raw == other.raw
        np.testing.assert_array_equal(list(one.history.values()), list(other.history.values()))


def test_an_arrow_file_goes_by_in_the_same_batches(applicants, arrow):
    batches = list(arrow.batches(rows=200))
    assert max(map(len, batches)) <= 200
    pd.testing.assert_frame_equal(
        pd.concat(batches, ignore_index=True), pd.concat(applicants.batches(), ignore_index=True), check_dtype=False
    )


def test_an_arrow_file_keeps_nothing_in_memory_but_the_ids(arrow):
    before = pa.total_allocated_bytes()
    for applicant_id in arrow.ids[::50].tolist():
        arrow.find(applicant_id)
    assert pa.total_allocated_bytes() - before < 100_000


def test_an_arrow_file_that_is_cut_short_is_refused(arrow, tmp_path):
    (tmp_path / "cut.arrow").write_bytes(arrow.path.read_bytes()[:-1000])
    with pytest.raises(ApplicantsFileError, match=r"cut\.arrow"):
        open_applicants(tmp_path / "cut.arrow", ())


def test_a_file_that_goes_away_is_reported_when_somebody_is_looked_up(applicants, tmp_path):
    path = tmp_path / "applicants.parquet"
    path.write_bytes(DEMO_APPLICANTS.read_bytes())
    opened = open_applicants(path, applicants.history_names)
    path.unlink()
    with pytest.raises(ApplicantsFileError, match=r"applicants\.parquet"):
        opened.find(int(opened.ids[0]))


def test_a_list_of_applicants_whose_file_is_gone_says_so(applicants, tmp_path):
    path = tmp_path / "applicants.parquet"
    path.write_bytes(applicants.path.read_bytes())
    opened = open_applicants(path, applicants.history_names)
    path.unlink()
    with pytest.raises(ApplicantsFileError, match=r"applicants\.parquet: there is no such file"):
        opened.listed([int(opened.ids[0])])


def test_text_that_is_none_is_refused_when_it_is_read(applicants, tmp_path):
    path = tmp_path / "applicants.parquet"
    table = pq.read_table(DEMO_APPLICANTS).slice(0, 1)
    place = table.column_names.index("CODE_GENDER")
    broken = pa.array([b"\x80"]).view(pa.string())
    pq.write_table(table.set_column(place, "CODE_GENDER", broken), path)
    opened = open_applicants(path, applicants.history_names)
    with pytest.raises(ApplicantsFileError, match="a damaged one"):
        opened.find(int(opened.ids[0]))


def test_a_file_that_was_written_to_or_is_gone_has_changed(applicants, tmp_path):
    path = tmp_path / "applicants.arrow"
    path.write_bytes(applicants.path.read_bytes())
    opened = open_applicants(path, applicants.history_names)
    assert not opened.changed
    os.utime(path, ns=(1, 1))
    assert opened.changed
    path.unlink()
    assert opened.changed


@pytest.mark.parametrize("rows", [30, 70])
def test_applicants_are_read_from_any_place_on(applicants, rows):
    for place in (0, 1, 49, 50, 51, len(applicants) - 1):
        found = pa.concat_tables(applicants.tables_from(place, rows))
        assert found.column(APPLICANT_ID).to_pylist() == applicants.ids[place:].tolist()
        assert max(map(len, applicants.tables_from(place, rows))) <= rows
