import json
import os
import re
import subprocess
import sys
from dataclasses import replace

import pytest

from scoring.artifact.lineage import COMPARED_FIGURES
from scoring.artifact.load import load_artifact
from scoring.errors import PublishError
from scoring.schema.fields import fields
from scoring.serving.settings import ROOT
from tests.training.tiny_artifacts import TINY
from training.gate.gate import Check, Gate
from training.publish.card import card
from training.publish.version import Order, publish

GATE = Gate("v1 (commit abc)", (Check("cost", True, "0.4 per applicant", {}), Check("calibration", False, "off", {})))


def told(artifact, gate=GATE, comparison=None):
    return str(card(artifact, gate, "lender/credit", "v2", comparison))


@pytest.fixture(scope="module")
def text():
    return told(load_artifact(TINY, "tiny"))


@pytest.mark.parametrize(
    "title",
    [
        "Purpose",
        "The gate",
        "Data",
        "Figures",
        "Decision",
        "Features",
        "Groups",
        "Explanation quality",
        "Limits",
        "Load it",
        "Reproduce it",
        "Roll back to it",
    ],
)
def test_every_section_is_there_and_holds_something(text, title):
    assert re.search(rf"\n## {title}\n\n\S", text)


def test_what_only_some_versions_have_is_said_for_those_alone(text, artifact):
    assert "Trained on made-up applicants" in text
    lenders = replace(artifact, manifest={**artifact.manifest, "synthetic": False})
    assert "made-up" not in told(lenders)
    assert "Published although" not in text
    assert "The maintainer's reason: so be it" in told(artifact, replace(GATE, reason="so be it"))


def test_figures_are_the_artifacts_own(artifact):
    found, held_out = told(artifact), artifact.metrics["held_out"]
    out_of_fold = artifact.metrics["out_of_fold"]
    assert f"| AUC | {out_of_fold['auc']:.4f} | {held_out['auc']:.4f} |" in found
    assert artifact.manifest["data_fingerprint"] in found
    assert "20000, of whom 8.08 %" in found
    assert f"Threshold: {artifact.rule.costs.threshold(artifact.rule.k):.4f}" in found


def test_the_evaluation_results_are_those_of_the_held_out_applicants(artifact):
    results = card(artifact, GATE, "lender/credit", "v2", None).data.eval_results
    found = {result.metric_type: result.metric_value for result in results}
    assert found["roc_auc"] == pytest.approx(artifact.metrics["held_out"]["auc"], abs=1e-6)
    assert found["cost_per_applicant"] == artifact.metrics["held_out"]["cost"]


def test_checks_are_a_table_with_what_failed_marked(text):
    assert "| cost | yes | 0.4 per applicant |" in text
    assert "| calibration | **no** | off |" in text
    assert "Compared with: v1 (commit abc). Result: **failed (calibration)**." in text


def test_themes_add_up_to_the_features_and_protected_attributes_are_named(artifact):
    found = told(artifact)
    table = found[found.index("| theme |") : found.index("The strongest:")]
    assert sum(int(row.split("|")[2]) for row in table.splitlines()[2:] if row.startswith("|")) == len(
        artifact.model.features
    )
    never = found[found.index("**Never inputs**") : found.index("| restraint |")]
    for field in fields().values():
        assert (field.label.en in never) == bool(field.protected)


def test_groups_have_intervals_and_those_of_few_applicants_no_figures(text):
    groups = text[text.index("| attribute |") : text.index("## Explanation quality")]
    assert re.search(r"\| Gender \| Woman \| \d+ \| [\d.]+% \([\d.]+% to [\d.]+%\)", groups)
    assert re.search(r"\| too few \|  \|  \|  \|  \|  \|  \|\n", groups)


def test_the_four_fifths_ratio_is_called_a_diagnostic(text):
    assert "four-fifths ratio (diagnostic)" in text
    assert "no\nratio of these rates is a legal test by itself" in text


def test_tables_have_as_many_columns_in_every_line(text):
    tables = re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE)
    assert tables
    for table in tables:
        assert len({line.count("|") for line in table.splitlines()}) == 1, table


def test_proxies_are_reported_with_the_lowest_ratios_on_either_side(text):
    assert re.search(r"\| External score 2 \(\d+ features\) \| [+-][\d.]+ \| [+-][\d.]+ \| [\d.]+ → [\d.]+ \|", text)
    assert "| what goes with Gender (no feature) |  |  |  |  |  |  |  |" in text


def test_explanations_stand_beside_those_of_the_version_before(text):
    tiny = load_artifact(TINY, "tiny")
    assert f"| features that tell 90 % of a score, median |  | {tiny.quality.compacity.median:.3g} |" in text
    before = Check("explanations", True, "", {"compacity_median_before": 15.0})
    with_before = told(tiny, Gate("v1", (before,)))
    assert f"| features that tell 90 % of a score, median | 15 | {tiny.quality.compacity.median:.3g} |" in with_before


def test_an_older_format_has_no_section_of_what_it_does_not_know():
    found = told(load_artifact(TINY.parent / "2", "older"))
    assert "## Groups" not in found
    assert "## Explanation quality" not in found
    assert re.search(r"\n## Limits\n\n\S", found)


def test_the_pictures_that_it_shows_are_in_the_repo(text):
    shown = set(re.findall(r"!\[[^]]*\]\(([^)]+)\)", text))
    assert shown == {"card/calibration.png", "card/cost.png", "beeswarm-en.png"}


@pytest.fixture
def comparison(tmp_path, artifact):
    figures = {name: {"value": 0.5, "low": 0.4, "high": 0.6} for name in COMPARED_FIGURES}
    line = {"model": "LightGBM", "strategy": "none", "figures": figures}
    (tmp_path / "comparison.json").write_text(json.dumps([line]))
    settings = {"data_fingerprint": artifact.manifest["data_fingerprint"]}
    (tmp_path / "settings.json").write_text(json.dumps(settings))
    return tmp_path


def test_a_comparison_is_shown_where_there_is_one(artifact, comparison):
    assert "Compared with other models" not in told(artifact)
    row = "| LightGBM | none | 0.5000 (0.4000 to 0.6000) | 0.5000 (0.4000 to 0.6000) | 0.5000 (0.4000 to 0.6000) |"
    assert row in told(artifact, comparison=comparison)


def test_a_comparison_that_lacks_a_figure_is_refused(artifact, comparison):
    (comparison / "comparison.json").write_text(json.dumps([{"model": "LightGBM", "strategy": "none", "figures": {}}]))
    with pytest.raises(PublishError, match=r"comparison\.json: figures\.cost is missing\. Compare again"):
        told(artifact, comparison=comparison)


def test_a_comparison_on_other_tables_is_refused(artifact, comparison):
    (comparison / "settings.json").write_text(json.dumps({"data_fingerprint": "other"}))
    with pytest.raises(PublishError, match="other tables"):
        told(artifact, comparison=comparison)


def test_a_folder_without_a_finished_comparison_is_refused(artifact, tmp_path):
    with pytest.raises(PublishError, match="python -m training compare"):
        told(artifact, comparison=tmp_path)


def test_costs_by_amount_are_said_with_their_parameters_and_reproduced(amount_folder):
    found = told(load_artifact(amount_folder, "amount"))
    assert "lending rate 0.15" in found
    assert "--cost amount --lending-rate 0.15 --loss-given-default 1.0" in found


def test_the_way_to_load_it_works_as_written(hub, api, tmp_path):
    publish(api, Order(TINY, "lender/credit", "v2"))
    card_text = hub.repo("lender/credit").resolve("v2").files["README.md"].content.decode()
    code = card_text[card_text.index("```python\n") :].split("```")[1].removeprefix("python\n")
    environment = {"HF_ENDPOINT": hub.url, "HF_TOKEN": hub.reader, "HF_HOME": str(tmp_path / "home")}
    ran = subprocess.run(
        [sys.executable, "-c", f"{code}\nprint(artifact.identity)"],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "version='tiny-4', source='lender/credit@v2'" in ran.stdout, ran.stderr
