import numpy as np
import pytest

from scoring.schema.fields import fields
from tests.training.validation.parts import finding, frame_of, table
from training.drift.column import Column
from training.validation.stability import bins, stability_section


def test_bins_by_hand():
    before = np.array([0.0] * 10 + [1.0] * 9 + [np.nan])
    now = np.array([0.0] * 4 + [1.0] * 12 + [np.nan] * 4)
    found = bins(Column("x", ("0", "1"), before, now))
    assert [(name, was, share) for name, was, share, _ in found] == [
        ("0", 0.5, 0.2),
        ("1", 0.45, 0.6),
        ("missing", 0.05, 0.2),
    ]
    parts = [(0.2 - 0.5) * np.log(0.4), 0.15 * np.log(0.6 / 0.45), 0.15 * np.log(4)]
    assert [part for *_, part in found] == pytest.approx(parts)


def test_a_quantity_is_compared_over_the_references_deciles():
    before, now = np.arange(100.0), np.arange(100.0) + 20
    found = bins(Column("x", (), before, now))
    assert len(found) == 11
    assert [was for _, was, _, _ in found[:-1]] == pytest.approx([0.1] * 10)
    counted = np.histogram(now, [-np.inf, *np.quantile(before, np.arange(1, 10) / 10), np.inf])[0]
    assert [share for _, _, share, _ in found[:-1]] == pytest.approx(counted / 100)


def test_the_reference_itself_is_said_to_tell_nothing(held_out, bounds):
    found = stability_section(held_out, bounds)
    assert [one.verdict for one in found.findings] == ["untested"] * 3
    assert found.tables == []
    assert "cannot have drifted from themselves" in found.told[0]


def test_the_same_applicants_have_not_drifted(later, bounds):
    found = stability_section(later(), bounds)
    assert [one.value for one in found.findings] == [0.0, 0.0, 0.0]
    assert {one.verdict for one in found.findings} == {"within"}


def test_the_parts_add_up_to_the_index(later, bounds):
    rng = np.random.default_rng(2)
    rows = later(probabilities=np.clip(later().probabilities * rng.lognormal(0.3, 0.2, 4_000), 0, 0.99))
    found = stability_section(rows, bounds)
    parts = frame_of(table(found, "score_psi"))["part of the index"]
    assert finding(found, "score_psi").value == pytest.approx(parts.sum(), rel=1e-8)
    assert finding(found, "score_psi").value > 0.05


def test_each_input_has_its_bands(later, bounds):
    income = later().frame["AMT_INCOME_TOTAL"]
    found = stability_section(later({"AMT_INCOME_TOTAL": 1.3 * income}), bounds)
    by_input = frame_of(table(found, "csi")).set_index("input")["index"]
    parts = frame_of(table(found, "csi_bands")).groupby("input")["part of the index"].sum()
    np.testing.assert_allclose(parts[by_input.index], by_input, atol=1e-8)
    inputs = {item.feature.name for item in later().artifact.model.features}
    assert set(by_input.index) == inputs | set(fields())
    assert by_input.index[0] in finding(found, "input_csi").told
