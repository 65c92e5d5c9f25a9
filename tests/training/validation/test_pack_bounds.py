import pytest

from scoring.errors import PackError
from scoring.validation import verdict_of
from training.validation.bounds import DEFAULT_BOUNDS, read_bounds, rounded


def copied(tmp_path, before="", after=""):
    file = tmp_path / "bounds.csv"
    file.write_text(DEFAULT_BOUNDS.read_text().replace(before, after))
    return file


@pytest.mark.parametrize(
    ("least", "most", "value", "verdict"),
    [
        (1.0, None, 1.0, "within"),
        (1.0, None, 0.999, "outside"),
        (None, 2.0, 2.0, "within"),
        (None, 2.0, 2.001, "outside"),
        (1.0, 2.0, 0.0, "outside"),
        (None, None, 9.0, "unbounded"),
        (1.0, 2.0, None, "untested"),
    ],
)
def test_a_verdict_is_by_the_limits_themselves(least, most, value, verdict):
    assert verdict_of(value, least, most) == verdict


def test_the_lenders_own_bound_decides(tmp_path):
    strict = read_bounds(copied(tmp_path, "gini,0.4,", "gini,0.7,"))
    assert read_bounds().finding("gini", 0.6, "", "").verdict == "within"
    assert strict.finding("gini", 0.6, "", "").verdict == "outside"
    assert strict.finding("gini", 0.6, "", "").least == 0.7
    assert strict.sha256 != read_bounds().sha256


def test_an_empty_limit_is_none(tmp_path):
    assert read_bounds(copied(tmp_path, "ks,0.25,", "ks,,")).finding("ks", 0.0, "", "").verdict == "unbounded"


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("ks,0.25,", "ks_typo,0.25,", "ks missing"),
        ("gini,0.4,,", "gini,0,4,,", "line 4: 5 fields, while 4 are wanted. Write decimals with a point"),
        ("gini,0.4,,", "gini,0.4\nother,1,", "line 4: 2 fields"),
        ("name,least,most,what", '"name,least,most,what', "cannot be read as CSV"),
        ("name,least,most,what", "name;least;most;what", "columns name;least;most;what, while name, least"),
        ("ks,0.25,,Kolmogorov-Smirnov distance", "ks,0.25,,a\nmore,,0,b", "more not known"),
        ("ks,0.25,,", "ks,0.25,,a\nks,0.3,,", "ks appears twice"),
        ("ks,0.25,", "ks,a quarter,", "ks, least: 'a quarter' is not a number"),
        ("ks,0.25,", "ks,nan,", "ks, least: 'nan' is not a number"),
        ("ks,0.25,,", "ks,0.25,inf,", "ks, most: 'inf' is not a number"),
        ("ks,0.25,", "ks,1e400,", "ks, least: '1e400' is not a number"),
        ("ks,0.25,,", "ks,0.25,0.2,", "ks: least 0.25 is above most 0.2"),
        ("name,least,most,what", "name,lowest,most,what", "columns name, lowest, most, what"),
    ],
)
def test_a_wrong_file_is_refused_in_words(tmp_path, before, after, told):
    with pytest.raises(PackError, match=told):
        read_bounds(copied(tmp_path, before, after))


def test_a_file_from_a_spreadsheet_may_have_its_mark(tmp_path):
    file = tmp_path / "bounds.csv"
    file.write_bytes(b"\xef\xbb\xbf" + DEFAULT_BOUNDS.read_bytes().replace(b"\n", b"\r\n"))
    assert read_bounds(file).by_name == read_bounds().by_name


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00"])
def test_a_file_that_is_no_table_is_refused(tmp_path, content):
    (tmp_path / "bounds.csv").write_bytes(content)
    with pytest.raises(PackError, match=r"bounds\.csv: c"):
        read_bounds(tmp_path / "bounds.csv")


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(PackError, match="cannot be read"):
        read_bounds(tmp_path / "none.csv")


def test_what_a_machine_adds_up_differently_is_no_figure():
    assert rounded(0.1 + 0.2) == 0.3
    assert rounded(-1.1e-16) == 0.0
    assert rounded(123456.7890123) == 123456.789
