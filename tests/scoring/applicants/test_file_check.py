"""Both checks of the file of applicants: the whole file before a batch, and one applicant when looked up."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from scoring.applicants.file_check import check_file, check_sample, misfits
from scoring.applicants.stamp import Stamp, read_stamp, stamp_metadata
from scoring.applicants.store import ApplicantsFile, open_applicants
from scoring.artifact.load import Artifact
from scoring.checks.stored import stored_rows
from scoring.errors import ApplicantsFileError, StoredValueError
from scoring.schema.definition import field_table_digest
from scoring.serving.description import find_applicants
from scoring.serving.service import Service, assess, score

ROWS = 300


@pytest.fixture(scope="module")
def clean(applicants: ApplicantsFile) -> pd.DataFrame:
    return pd.concat(applicants.batches(), ignore_index=True).head(ROWS)


def opened(frame: pd.DataFrame, folder: Path, artifact: Artifact, stamp: Stamp | None = None) -> ApplicantsFile:
    table = pa.Table.from_pandas(frame, preserve_index=False)
    table = table.replace_schema_metadata(stamp_metadata(stamp) if stamp else None)
    pq.write_table(table, folder / "applicants.parquet")
    return open_applicants(folder / "applicants.parquet", artifact.history_names)


def spoiled(clean: pd.DataFrame, column: str, value: object, rows: int = 1) -> pd.DataFrame:
    changed = clean.copy()
    changed[column] = changed[column].astype(object)
    changed.loc[: rows - 1, column] = value
    return changed.infer_objects()


def test_a_sound_file_passes_without_a_word(clean: pd.DataFrame, artifact: Artifact, tmp_path: Path) -> None:
    assert check_file(opened(clean, tmp_path, artifact), artifact) == []


def test_a_number_is_quoted_as_a_request_would_have_it(clean: pd.DataFrame, artifact: Artifact, tmp_path: Path) -> None:
    with pytest.raises(ApplicantsFileError, match=r"CNT_CHILDREN: 1\.5 is not a whole number"):
        check_file(opened(spoiled(clean, "CNT_CHILDREN", 1.5), tmp_path, artifact), artifact)


def test_every_fault_is_counted_worst_first_with_applicants(
    clean: pd.DataFrame, artifact: Artifact, tmp_path: Path
) -> None:
    frame = spoiled(spoiled(clean, "AMT_CREDIT", 0.0, rows=7), "CNT_CHILDREN", 99)
    with pytest.raises(ApplicantsFileError) as refused:
        check_file(opened(frame, tmp_path, artifact), artifact)
    head, credit, children = str(refused.value).splitlines()
    assert "7 of 300 applicants" in head
    assert "AMT_CREDIT: 7 rows" in credit
    assert "CNT_CHILDREN: 99 is outside what is allowed. Send a number from 0 to 30." in children
    assert f"SK_ID_CURR {clean['SK_ID_CURR'][0]}" in children


def test_levels_that_the_model_never_saw_are_said_and_refused_when_many(
    clean: pd.DataFrame, artifact: Artifact, tmp_path: Path
) -> None:
    place = next(i for i in artifact.categorical if artifact.model.features[i].feature.name == "OCCUPATION_TYPE")
    item = artifact.model.features[place]
    known = tuple(level for level in item.levels if level != "Drivers")
    features = list(artifact.model.features)
    features[place] = replace(item, levels=known)
    older = replace(artifact, model=replace(artifact.model, features=tuple(features)))
    sure = clean.assign(OCCUPATION_TYPE=clean["OCCUPATION_TYPE"].replace("Drivers", "Laborers"))
    few = spoiled(sure, "OCCUPATION_TYPE", "Drivers", rows=3)
    told = check_file(opened(few, tmp_path, artifact), older)
    assert any("OCCUPATION_TYPE: levels that the model never saw in 3 rows (1.00%)" in words for words in told)
    many = spoiled(sure, "OCCUPATION_TYPE", "Drivers", rows=4)
    with pytest.raises(ApplicantsFileError, match="too many to be new"):
        check_file(opened(many, tmp_path, artifact), older)


def test_one_value_throughout_is_named(clean: pd.DataFrame, artifact: Artifact, tmp_path: Path) -> None:
    told = check_file(opened(clean.assign(OWN_CAR_AGE=float("nan")), tmp_path, artifact), artifact)
    assert any("OWN_CAR_AGE: holds no value in every row" in words for words in told)


def test_a_served_file_in_another_unit_is_refused_at_the_start(
    clean: pd.DataFrame, artifact: Artifact, tmp_path: Path
) -> None:
    check_sample(opened(clean, tmp_path, artifact), artifact)
    thousands = opened(clean.assign(AMT_INCOME_TOTAL=clean["AMT_INCOME_TOTAL"] / 1000), tmp_path, artifact)
    with pytest.raises(ApplicantsFileError, match=r"AMT_INCOME_TOTAL: looks like another unit \(thousands"):
        check_sample(thousands, artifact)


def test_one_bad_applicant_is_refused_by_name_and_the_others_are_served(
    clean: pd.DataFrame, artifact: Artifact, tmp_path: Path
) -> None:
    service = Service(artifact, opened(spoiled(clean, "EXT_SOURCE_2", 43.0), tmp_path, artifact))
    bad, good = clean["SK_ID_CURR"][0], clean["SK_ID_CURR"][1]
    for language, words in (("en", "Correct the file"), ("fr", "Corrigez le fichier")):
        with pytest.raises(StoredValueError) as refused:
            assess(service, int(bad), {}, language)
        assert all(part in str(refused.value) for part in (str(bad), "EXT_SOURCE_2", "43", words))
    assert assess(service, int(good), {}, "en").probability > 0
    assert bad in [row["applicant_id"] for row in find_applicants(service, "", 10)]
    assert int(bad) not in service.examples.values()


def test_nobody_is_scored_with_a_change_that_hides_nothing(
    clean: pd.DataFrame, artifact: Artifact, tmp_path: Path
) -> None:
    """A change to another field does not make the value on file allowed."""
    service = Service(artifact, opened(spoiled(clean, "EXT_SOURCE_2", 43.0), tmp_path, artifact))
    with pytest.raises(StoredValueError):
        assess(service, int(clean["SK_ID_CURR"][0]), {"AMT_CREDIT": 300_000}, "en")


@pytest.mark.parametrize(
    ("ids", "told"),
    [("text", "sorted"), ("words", "whole numbers"), ("missing", "missing in 1 row"), ("half", "whole")],
)
def test_ids_are_whole_numbers(clean: pd.DataFrame, artifact: Artifact, tmp_path: Path, ids: str, told: str) -> None:
    column = clean["SK_ID_CURR"]
    changed = {
        "text": column.astype(str)[::-1].to_numpy(),
        "words": "x" + column.astype(str),
        "missing": column.astype("Int64").where(column.index != 3),
        "half": column + 0.5,
    }
    with pytest.raises(ApplicantsFileError, match=told):
        opened(clean.assign(SK_ID_CURR=changed[ids]), tmp_path, artifact)


@pytest.mark.parametrize("value", [[1.0], {"amount": 1.0}, b"1", True])
def test_what_is_no_number_at_all_is_refused_in_words(
    clean: pd.DataFrame, artifact: Artifact, tmp_path: Path, value: object
) -> None:
    file = opened(clean.assign(AMT_CREDIT=[value] * len(clean)), tmp_path, artifact)
    with pytest.raises(ApplicantsFileError, match=r"AMT_CREDIT: 300 rows .* is not a number"):
        check_file(file, artifact)
    with pytest.raises(StoredValueError, match="is not a number"):
        file.find(int(file.ids[0]))


def test_decimals_are_numbers(clean: pd.DataFrame, artifact: Artifact, tmp_path: Path) -> None:
    decimals = [Decimal(str(value)) for value in clean["AMT_CREDIT"]]
    file = opened(clean.assign(AMT_CREDIT=decimals), tmp_path, artifact)
    assert check_file(file, artifact) == []
    assert file.find(int(file.ids[0])).raw["AMT_CREDIT"] == clean["AMT_CREDIT"][0]


def test_an_infinite_history_is_refused(clean: pd.DataFrame, artifact: Artifact) -> None:
    name = artifact.history_names[0]
    with pytest.raises(ApplicantsFileError, match=f"column {name} holds infinite values"):
        stored_rows(clean.assign(**{name: float("inf")}))


@pytest.mark.parametrize("kind", ["str", "float64"])
def test_ids_stored_otherwise_are_read(clean: pd.DataFrame, artifact: Artifact, tmp_path: Path, kind: str) -> None:
    file = opened(clean.astype({"SK_ID_CURR": kind}), tmp_path, artifact)
    assert file.ids.tolist() == clean["SK_ID_CURR"].tolist()
    assert file.find(int(file.ids[5])).applicant_id == file.ids[5]


def test_a_file_made_with_other_definitions_says_so(clean: pd.DataFrame, artifact: Artifact, tmp_path: Path) -> None:
    fits = Stamp(field_table_digest(), artifact.profile, {})
    assert misfits(opened(clean, tmp_path, artifact, fits), artifact) == []
    other = opened(clean, tmp_path, artifact, Stamp("another", "another", {}))
    assert misfits(other, artifact) == ["other_field_table", "other_profile"]
    told = check_file(other, artifact)
    assert any("another table of fields" in words for words in told)
    service = Service(artifact, other)
    warned = score(service, assess(service, int(other.ids[0]), {}, "fr")).warnings
    assert any("une autre table de champs" in words for words in warned)


@pytest.mark.parametrize("metadata", [{}, {b"credit-scoring": b"no json"}, {b"credit-scoring": b"[]"}])
def test_a_footer_without_a_stamp_of_ours_tells_nothing(metadata: dict[bytes, bytes]) -> None:
    assert read_stamp(metadata) is None
