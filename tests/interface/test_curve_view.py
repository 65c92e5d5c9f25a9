"""The response curve as HTML: every mark has words, and each point the changes that lead to it."""

from __future__ import annotations

import json
import re
from html import unescape

import pytest

from scoring.assessment.curve import curve
from scoring.decision.in_words import digits_of
from scoring.interface.curve_view import CurveChoice, changes_at, choice_of, curve_html, no_curve_html, offered
from scoring.schema.fields import fields
from scoring.serving.service import assess, score
from scoring.words.language import LANGUAGES
from scoring.words.wording import percent, text


@pytest.fixture(scope="module")
def assessment(service, some_ids):
    return assess(service, some_ids[7], {}, "en")


def drawn(service, assessment, field="AMT_CREDIT", keep="instalment", language="en"):
    found = curve(service.artifact, assessment, field, keep)
    return found, curve_html(found, assessment.applicant.raw["AMT_CREDIT"], language)


def points_of(html: str) -> list[dict]:
    return json.loads(unescape(re.search(r'data-points="([^"]*)"', html)[1]))


@pytest.mark.parametrize(
    ("field", "keep"),
    [
        ("AMT_CREDIT", "term"),
        ("LIKELY_TERM", "instalment"),
        ("DAYS_EMPLOYED", "instalment"),
        ("AMT_ANNUITY", "instalment"),
    ],
)
def test_what_a_point_says_is_what_its_changes_score(service, assessment, field, keep):
    _, html = drawn(service, assessment, field, keep)
    for point in points_of(html)[::12]:
        again = score(service, assess(service, assessment.applicant.applicant_id, point["changes"], "en"))
        assert percent(again.probability, "en", digits_of(again)) in point["words"]
        assert text(f"decision.{again.decision}", "en") in point["words"]


def test_points_ascend_as_they_are_shown(service, assessment):
    _, html = drawn(service, assessment, "DAYS_EMPLOYED")
    places = [point["x"] for point in points_of(html)]
    assert (places[0], places[-1]) == (0, 100)
    assert places == sorted(places)


def test_the_own_value_is_marked_and_said_to_a_screen_reader(service, assessment):
    found, html = drawn(service, assessment)
    own = points_of(html)[int(re.search(r'data-own="(\d+)"', html)[1])]
    assert own["changes"] == {"AMT_CREDIT": found.value}
    assert f'aria-valuetext="{own["words"]}"' in html
    assert text("screen.threshold", "en", threshold=percent(found.points[0].threshold, "en")) in html


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_table_has_a_row_for_each_point(service, assessment, language):
    found, html = drawn(service, assessment, language=language)
    assert html.count('scope="row"') == len(found.points)
    assert f'lang="{language}"' in html


def test_where_the_model_learnt_nothing_is_drawn_and_said(service, assessment):
    found, html = drawn(service, assessment)
    assert not all(point.learnt for point in found.points)
    assert "<rect" in html
    assert text("curve.outside_key", "en") in html


def test_a_field_outside_the_form_is_looked_at_only(service, assessment):
    found, html = drawn(service, assessment, "EXT_SOURCE_3")
    assert all(changes_at(found, point) == {} for point in found.points)
    assert text("curve.only_looked_at", "en") in html


def test_every_quantity_that_is_not_protected_is_offered_the_loan_first():
    quantities = {name for name, field in fields().items() if field.kind == "quantitative" and not field.protected}
    assert set(offered()) == {*quantities, "LIKELY_TERM"}
    assert offered()[:3] == ("AMT_CREDIT", "AMT_ANNUITY", "LIKELY_TERM")


@pytest.mark.parametrize(
    ("written", "choice"),
    [
        ("", CurveChoice("AMT_CREDIT", "instalment")),
        (None, CurveChoice("AMT_CREDIT", "instalment")),
        ("AMT_CREDIT term", CurveChoice("AMT_CREDIT", "term")),
        ("AMT_ANNUITY term", CurveChoice("AMT_ANNUITY", "instalment")),
        ("LIKELY_TERM instalment", CurveChoice("LIKELY_TERM", "instalment")),
        ("CODE_GENDER", CurveChoice("AMT_CREDIT", "instalment")),
        ("<script>", CurveChoice("AMT_CREDIT", "instalment")),
    ],
)
def test_the_page_chooses_a_curve_that_exists(written, choice):
    assert choice_of(written) == choice


def test_without_terms_there_are_words_and_still_the_menus():
    html = no_curve_html(CurveChoice("LIKELY_TERM"), "fr")
    assert text("curve.no_terms", "fr").replace("'", "&#x27;") in html
    assert 'id="curve-field"' in html
