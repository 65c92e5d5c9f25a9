"""The file of outcomes: its applicants are found, and its errors are reported."""

import pandas as pd
import pytest

from scoring.errors import OutcomesError
from training.drift.outcomes import read_outcomes

IDS = pd.Series(range(1, 201))
GOOD = pd.DataFrame({"SK_ID_CURR": IDS, "TARGET": [1, 0] * 100})


def written(frame, path):
    frame.to_parquet(path) if path.suffix == ".parquet" else frame.to_csv(path, index=False)
    return path


@pytest.mark.parametrize("name", ["outcomes.csv", "outcomes.csv.gz", "outcomes.parquet"])
def test_outcomes_are_read_by_id_and_those_of_others_left_out(name, tmp_path):
    found = read_outcomes(written(GOOD, tmp_path / name), IDS[:150])
    assert found.to_dict() == GOOD.set_index("SK_ID_CURR")["TARGET"].iloc[:150].astype(float).to_dict()


@pytest.mark.parametrize(
    ("frame", "told"),
    [
        (GOOD.drop(columns="TARGET"), "column TARGET is missing"),
        (GOOD.rename(columns={"SK_ID_CURR": "id"}), "column SK_ID_CURR is missing"),
        (pd.concat([GOOD, GOOD[:1]]), "column SK_ID_CURR: 1 appears twice"),
        (GOOD.assign(SK_ID_CURR=GOOD["SK_ID_CURR"].where(IDS > 3)), "column SK_ID_CURR: a value is missing"),
        (GOOD.assign(TARGET=GOOD["TARGET"].replace(1, 2)), "column TARGET: 2 is not allowed. Write 1"),
        (GOOD.assign(TARGET=GOOD["TARGET"].where(IDS > 3)), "column TARGET: nan is not allowed"),
        (GOOD.assign(TARGET="yes"), "column TARGET: yes is not allowed"),
        (GOOD.assign(SK_ID_CURR=IDS + 1_000), "nobody in it is among the 200 current applicants"),
        (GOOD.assign(TARGET=0), "0 current applicants with 1 and 200 with 0, while 30 of each are needed"),
    ],
)
@pytest.mark.parametrize("ending", [".csv", ".parquet"])
def test_what_is_wrong_is_said_with_its_column(frame, told, ending, tmp_path):
    with pytest.raises(OutcomesError) as error:
        read_outcomes(written(frame, tmp_path / f"outcomes{ending}"), IDS)
    assert told in str(error.value)
    assert str(tmp_path / f"outcomes{ending}") in str(error.value)


def test_a_file_that_is_absent_damaged_or_of_another_kind_is_said(tmp_path):
    (tmp_path / "damaged.parquet").write_bytes(b"PAR1")
    (tmp_path / "empty.csv").touch()
    for name, told in (
        ("absent.csv", "cannot be read"),
        ("damaged.parquet", "cannot be read"),
        ("empty.csv", "cannot be read"),
        ("outcomes.xlsx", "the ending '.xlsx' is not known; allowed: .csv, .gz, .parquet"),
    ):
        with pytest.raises(OutcomesError, match=told):
            read_outcomes(tmp_path / name, IDS)
