"""What each section of the Model tab says, of artifacts old and new, published or not."""

from __future__ import annotations

from dataclasses import replace
from html import escape

import pytest

from scoring import __version__
from scoring.applicants.in_words import field_label
from scoring.artifact.load import load_artifact
from scoring.artifact.recost import with_costs
from scoring.artifact.review import group_words
from scoring.decision.costs import RatioCosts
from scoring.drift.report import read_drift_report
from scoring.interface.case import fresh_case
from scoring.interface.model.drift import drift_section
from scoring.interface.model.groups import lowest_ratio, most_refused_in_words
from scoring.interface.model.quality import quality_figures
from scoring.interface.model.recourse import recourse_section
from scoring.interface.model.summary import summary_html
from scoring.interface.model.threshold import amounts_html, point_at, ratio_html, why_section
from scoring.interface.model.version import version_section
from scoring.interface.model.weights import weights_section
from scoring.interface.model_tab import after_threshold, before_threshold
from scoring.lender.roles import BIRTH
from scoring.schema.fields import fields
from scoring.serving.service import Service, assess
from scoring.serving.settings import DEMO_DRIFT, DEMO_VALIDATION, ROOT
from scoring.validation import read_pack
from scoring.words.language import LANGUAGES
from scoring.words.wording import percent, text
from tests.scoring.lineage_example import GATE, LINEAGE
from training.audit.in_words import quality_figures as published_figures

FORMATS = ROOT / "tests" / "formats"


@pytest.fixture(scope="module")
def reviewed():
    artifact = load_artifact(FORMATS / "4", "tiny")
    return Service(artifact, None, read_drift_report(DEMO_DRIFT), read_pack(DEMO_VALIDATION))


@pytest.fixture(scope="module")
def published(reviewed):
    manifest = {**reviewed.artifact.manifest, "gate": GATE, "lineage": LINEAGE}
    return replace(reviewed, artifact=replace(reviewed.artifact, manifest=manifest))


def said(key, language):
    """Words as they stand in HTML."""
    return escape(text(key, language))


def whole(service, language="en"):
    return before_threshold(service, language) + after_threshold(service, language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_question_leads_to_a_section_that_is_there(published, language):
    page = whole(published, language)
    for place in ("version", "threshold", "accuracy", "groups", "drift"):
        assert f'href="#model-{place}"' in page
        assert page.count(f'id="model-{place}"') == 1


def test_provenance_is_the_manifests(reviewed):
    page, manifest = version_section(reviewed.artifact, "en"), reviewed.artifact.manifest
    for told in (manifest["version"], manifest["data_fingerprint"], manifest["code_commit"], manifest["created"][:10]):
        assert told in page
    for name, version in manifest["libraries"].items():
        assert f"{name} {version}" in page
    assert "made-up applicants" in page
    assert f"<dd>{__version__}</dd>" in page
    lenders = replace(reviewed.artifact, manifest={**manifest, "synthetic": False})
    assert "made-up" not in version_section(lenders, "en")


def test_the_version_of_the_code_that_trained_is_told_where_the_manifest_holds_it(reviewed):
    manifest = {**reviewed.artifact.manifest, "code_version": "7.8.9"}
    assert f"7.8.9 · {manifest['code_commit']}" in version_section(replace(reviewed.artifact, manifest=manifest), "en")


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_unpublished_version_says_so(reviewed, language):
    assert said("model.never_published", language) in version_section(reviewed.artifact, language)
    assert said("model.answer.no_lineage", language) in summary_html(reviewed, language)


def test_a_published_version_tells_gate_changes_and_versions(published):
    page = version_section(published.artifact, "en")
    assert "Not passed: cost against the version before." in page
    assert "needed now" in page
    assert "dearer &lt;by&gt; far" in page
    assert "7 of 200 applicants get another decision (3.5%)" in page
    assert "12.3%" in page
    assert "NEW_ONE" in page
    assert "v1" in page
    assert "not through the gate" in page


def test_the_comparison_of_a_published_version_is_shown(published, reviewed):
    assert "Perceptron" in whole(published)
    assert text("model.no_comparison", "en") in whole(reviewed)


def test_the_version_befores_explanations_stand_beside(published):
    assert f"44 → {published.artifact.quality.compacity.median:.0f}" in whole(published)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kept", ["1", "2"])
def test_an_older_artifact_says_what_it_does_not_hold(kept, language):
    page = whole(Service(load_artifact(FORMATS / kept, "old"), None), language)
    lacking = {"no_curves", "no_groups", "no_quality", "no_recourse", "no_drift", "no_validation"} | (
        {"no_importance"} if kept == "1" else set()
    )
    for key in lacking:
        assert said(f"model.{key}", language) in page


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_of_a_new_artifact_is_said_to_lack(published, language):
    page = whole(published, language)
    for key in ("no_curves", "no_groups", "no_quality", "no_drift", "no_importance", "no_comparison", "no_validation"):
        assert said(f"model.{key}", language) not in page


def test_figures_are_the_artifacts(reviewed):
    page, held_out = whole(reviewed), reviewed.artifact.metrics["held_out"]
    for name in ("auc", "average_precision", "brier", "calibration_error"):
        assert f"<td>{held_out[name]:.4f}</td>" in page
    assert percent(held_out["calibration"][0]["predicted"], "en") in page


def test_each_figure_has_its_twin(published):
    page = whole(published)
    assert page.count('class="cs-drawing"') == page.count(text("screen.as_table", "en")) >= 6


@pytest.mark.parametrize("ratio", [1.0, 5.0, 10.0, 37.5])
def test_threshold_confusion_and_cost_move_together(reviewed, ratio):
    point, page = point_at(reviewed.artifact, ratio), ratio_html(reviewed.artifact, ratio, None, "en")
    assert f'<b class="cs-figure-number">{percent(point.threshold, "en")}</b>' in page
    for share in (point.true_approvals, point.false_approvals, point.true_refusals, point.false_refusals):
        assert f"<td>{percent(share, 'en')}</td>" in page
    assert f"<dd>{point.cost:.2f}</dd>" in page
    assert (text("model.as_served", "en") in page) == (ratio == 10.0)


def test_an_applicants_decision_is_that_of_the_ratio(service, some_ids):
    seen = set()
    refused = next(each for each in some_ids if assess(service, each, {}, "en").decision.outcome == "refuse")
    for ratio in (1.0, 10.0, 50.0):
        served = Service(with_costs(service.artifact, RatioCosts(ratio)), service.applicants)
        own = assess(served, refused, {}, "en").decision.outcome
        page = ratio_html(service.artifact, ratio, fresh_case(service, refused, "en"), "en")
        assert f'cs-decision cs-{own}"' in page
        seen.add(own)
    assert len(seen) > 1


def test_an_unfinished_application_has_no_decision(service):
    page = ratio_html(service.artifact, 10.0, fresh_case(service, None, "en"), "en")
    assert text("model.nobody", "en") in page


@pytest.mark.parametrize("language", LANGUAGES)
def test_amounts_have_their_curve_and_no_ratio(amount_service, language):
    artifact = amount_service.artifact
    assert said("model.no_slider", language) in why_section(artifact, language)
    page = amounts_html(artifact, language)
    held_out = artifact.metrics["held_out"]["costs"]["amount"]
    assert percent(held_out["refused"], language) in page
    assert page.count('class="cs-drawing"') == 1


def test_who_is_refused_more_is_the_group_with_the_lowest_ratio(reviewed):
    rates = reviewed.artifact.groups.rates
    group = lowest_ratio(rates)
    known = [each.approval_ratio.value for each in rates if each.approval_ratio.value is not None]
    assert group.approval_ratio.value == min(known)
    assert percent(1 - group.approval.value, "en") in most_refused_in_words(rates, "en")


def test_groups_too_small_everywhere_are_said_to_be_so(reviewed):
    none = replace(reviewed.artifact.groups.rates[0].approval, value=None, low=None, high=None)
    rates = [replace(each, approval=none, approval_ratio=none) for each in reviewed.artifact.groups.rates]
    assert most_refused_in_words(rates, "en") == text("model.too_few", "en")


def test_quality_names_are_those_of_the_publisher(reviewed):
    assert set(quality_figures(reviewed.artifact.quality)) <= set(published_figures(reviewed.artifact.quality))


def test_drift_of_another_version_is_said_to_be_so(reviewed):
    assert text("model.drift.other", "en") in drift_section(reviewed, "en")
    report = reviewed.drift
    own = replace(report, model=replace(report.model, version=reviewed.artifact.identity.version))
    assert text("model.drift.other", "en") not in drift_section(replace(reviewed, drift=own), "en")


def test_the_whole_drift_report_is_linked_within_this_app(reviewed):
    assert 'href="drift?language=fr"' in drift_section(reviewed, "fr")


@pytest.mark.parametrize("read", [True, False])
def test_what_the_model_reads_and_why_age_is_asked_are_said(artifact, read):
    own = replace(artifact)
    # In the place of what the bundled model happens to read.
    vars(own)["reads"] = {name: 1.0 for name in artifact.reads if name != BIRTH} | ({BIRTH: 1.0} if read else {})
    page = weights_section(own, "en")
    assert "The model reads" in page
    assert (text("model.why_birth", "en") in page) == (not read)
    unread = page.split(text("model.unread", "en", count=len(set(fields()) - set(own.reads))))[1]
    assert (field_label(BIRTH, "en") in unread) == (not read)


@pytest.mark.parametrize("language", LANGUAGES)
def test_whom_recourse_reaches_is_told_with_every_group_and_move(reviewed, language):
    audit, page = reviewed.artifact.recourse, recourse_section(reviewed.artifact, language)
    assert percent(audit.everybody.plan.value, language) in page
    assert percent(audit.everybody.fixed.value, language) in page
    for move in audit.moves:
        assert escape(move.words[language][1:]) in page
    small = [group for group in audit.groups if group.reached.plan.value is None]
    assert small
    for group in small:
        label = group_words(group.attribute, group.level, language)
        assert f"{escape(label)} ({group.reached.applicants})" not in page


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_artifact_without_the_audit_says_so(reviewed, language):
    assert said("model.no_recourse", language) in recourse_section(replace(reviewed.artifact, recourse=None), language)
    nobody = replace(reviewed.artifact.recourse, everybody=None)
    assert said("model.recourse.nobody", language) in recourse_section(
        replace(reviewed.artifact, recourse=nobody), language
    )
