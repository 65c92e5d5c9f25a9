"""An artifact of every format that was ever released still loads, and gives the same answers."""

from pathlib import Path

import numpy as np
import pytest

from scoring.artifact.load import load_artifact
from scoring.artifact.manifest import FILES, FORMAT

# Log-odds of default of the first three reference applicants, written down when the artifact was made.
SAID = {
    1: [-4.35684856, -4.34267208, -4.30640758],
    2: [-3.6527072, -3.58688958, -3.58512484],
    3: [-4.28510615, -3.7822246, -4.33854431],
    4: [-4.28510615, -3.7822246, -4.33854431],
}


@pytest.mark.parametrize("released", FILES)
def test_an_artifact_of_each_format_still_says_what_it_said(released):
    old = load_artifact(Path(__file__).parent / str(released), "old")
    assert old.manifest["format"] == released
    np.testing.assert_allclose(old.model.log_odds(old.population.matrix[:3]), SAID[released], atol=1e-7)


def test_the_procedure_is_written_for_the_current_format():
    told = (Path(__file__).parents[2] / "docs" / "formats.md").read_text()
    assert f"| {FORMAT} |" in told
    assert f"| {FORMAT + 1} |" not in told
