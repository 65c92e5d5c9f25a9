import numpy as np
import pytest

from scoring.artifact.load import load_artifact
from training.publish.pictures import calibration, cost, pictures


def test_both_pictures_are_png(artifact):
    drawn = pictures(artifact)
    assert set(drawn) == {"calibration.png", "cost.png"}
    assert all(content.startswith(b"\x89PNG") and len(content) > 5_000 for content in drawn.values())


def test_calibration_shows_both_parts_as_they_were_measured(artifact):
    lines = {line.get_label(): line for line in calibration(artifact.metrics).axes[0].lines}
    for part in ("out_of_fold", "held_out"):
        rows = artifact.metrics[part]["calibration"]
        np.testing.assert_array_equal(lines[part.replace("_", " ")].get_xdata(), [row["predicted"] for row in rows])
        np.testing.assert_array_equal(lines[part.replace("_", " ")].get_ydata(), [row["observed"] for row in rows])


def test_cost_is_least_at_the_line_that_says_so(artifact):
    axes = cost(artifact).axes[0]
    curve = next(line for line in axes.lines if len(line.get_xdata()) > 2)
    least = next(line for line in axes.lines if line.get_label() == "least cost")
    assert curve.get_xdata()[np.argmin(curve.get_ydata())] == pytest.approx(least.get_xdata()[0])


def test_costs_by_amount_are_drawn_in_their_own_unit(amount_folder):
    axes = cost(load_artifact(amount_folder, "amount")).axes[0]
    assert "currency" in axes.get_ylabel()
    assert "theoretical odds" in axes.get_xlabel()
