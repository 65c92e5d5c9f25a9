from dataclasses import replace

import pytest

from tests.training.validation.parts import finding, frame_of, table
from training.validation.complexity import complexity_section


def with_figures(rows, auc, money):
    """The rows of an artifact whose model differs from a scorecard by these changes, each with low and high."""
    figures = {
        "applicants": 4000,
        "auc": {"scorecard": 0.74, "change": auc[0], "interval": [*auc[1:]]},
        "cost": {"scorecard": 0.53, "change": -0.01, "interval": [-0.03, 0.01]},
        "money": {"scorecard": 30_000.0, "change": money[0], "interval": [*money[1:]]},
    }
    artifact = replace(rows.artifact, metrics={**rows.artifact.metrics, "complexity": figures})
    return replace(rows, artifact=artifact)


def test_what_complexity_buys_is_said_in_auc_and_in_money(held_out, bounds):
    found = complexity_section(with_figures(held_out, (0.02, 0.01, 0.03), (-900, -1500, 200)), bounds)
    assert {one.verdict for one in found.findings} == {"within"}
    assert "AUC +0.0200 (+0.0100 to +0.0300) against the scorecard's 0.7400: it ranks better" in found.findings[0].told
    assert "-900 (-1,500 to +200) per applicant against the scorecard's 30,000: the same within chance" in (
        finding(found, "complexity_money").told
    )
    lines = frame_of(table(found, "complexity")).set_index("figure")
    assert lines.loc["AUC", "this model"] == pytest.approx(0.76)
    assert lines["this model"].tolist() == pytest.approx((lines["scorecard"] + lines["difference"]).tolist())


def test_a_model_that_a_scorecard_beats_is_out_of_bound(held_out, bounds):
    found = complexity_section(with_figures(held_out, (-0.02, -0.03, -0.01), (900, 100, 1500)), bounds)
    assert {one.verdict for one in found.findings} == {"outside"}
    assert "it ranks worse" in found.findings[0].told
    assert "it loses more" in found.findings[1].told


def test_an_artifact_without_the_figures_says_how_to_get_them(held_out, bounds):
    older = {name: value for name, value in held_out.artifact.metrics.items() if name != "complexity"}
    found = complexity_section(replace(held_out, artifact=replace(held_out.artifact, metrics=older)), bounds)
    assert {one.verdict for one in found.findings} == {"untested"}
    assert all("Train it again" in one.told for one in found.findings)
