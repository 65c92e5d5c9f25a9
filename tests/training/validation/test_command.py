"""`python -m training validate`: what it prints, and its exit status."""

import pytest
from typer.testing import CliRunner

from scoring.validation import PACK, PAGE, WORKBOOK
from tests.training.tiny_artifacts import TINY
from training.__main__ import app
from training.validation.bounds import DEFAULT_BOUNDS


@pytest.fixture
def run(tmp_path):
    def validated(bounds, *more):
        file = tmp_path / "bounds.csv"
        file.write_text(bounds)
        words = ["validate", "--artifact", str(TINY), "--bounds", str(file), "--out", str(tmp_path / "pack"), *more]
        return CliRunner().invoke(app, words)

    return validated


def unbounded():
    """The bundled bounds without any limit."""
    head, *lines = DEFAULT_BOUNDS.read_text().splitlines()
    return "\n".join([head, *(f"{line.split(',')[0]},,,x" for line in lines)])


def test_it_writes_three_files_and_says_what_it_found(run, tmp_path):
    done = run(unbounded())
    assert done.exit_code == 0, done.output
    assert "0 outside" in done.output
    assert done.output.splitlines()[-1] == f"Full pack: {tmp_path / 'pack' / PAGE}"
    assert {path.name for path in (tmp_path / "pack").iterdir()} == {PACK, PAGE, WORKBOOK}


@pytest.mark.parametrize(("more", "status"), [((), 0), (("--fail",), 3)])
def test_a_finding_out_of_bound_fails_only_where_requested(run, more, status):
    done = run(unbounded().replace("gini,,", "gini,0.99,"), *more)
    assert done.exit_code == status
    assert "outside  gini: Gini " in done.output
