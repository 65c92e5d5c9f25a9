import math

import pytest

from scoring.decision.bands import bands_to_json
from scoring.errors import InvalidInputError
from training.build.bands import read_bands

OURS = "least,en,fr\n,Decline,Refus\n540.5,Standard,Standard\n 600 , Prime ,Premier\n"


@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_a_lenders_file(tmp_path, mark):
    file = tmp_path / "bands.csv"
    file.write_text(mark + OURS, encoding="utf-8")
    found = read_bands(file)
    assert [band.least for band in found.bands] == [-math.inf, 540.5, 600]
    assert bands_to_json(found)[2] == {"name": {"en": "Prime", "fr": "Premier"}, "least": 600}


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("", "other columns"),
        ("least,en\n,Decline\n", r"other columns.*least,en,fr"),
        (OURS.replace("600 ,", "600 ,,"), "more or fewer cells"),
        (OURS.replace("540.5", "5oo"), r"least is '5oo', while a number is wanted"),
        (OURS.replace("540.5", "nan"), r"least is 'nan'"),
        (OURS.replace("540.5", "600"), r"least of 'Prime' is 600\.0, while more than 600 is wanted"),
        (OURS.replace("\n,Decline", "\n500,Decline"), "first band of points has a lower limit"),
        (OURS.replace("Prime", ""), r"a name \(en\) is ''"),
        (OURS.replace("Premier", "Standard"), r"'Standard' \(fr\) is the name of two bands"),
    ],
)
def test_a_file_that_is_something_else_is_refused_by_name(tmp_path, content, why):
    file = tmp_path / "bands.csv"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(InvalidInputError, match=rf"--bands .*bands\.csv: .*{why}"):
        read_bands(file)


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(InvalidInputError, match="absent"):
        read_bands(tmp_path / "bands.csv")
