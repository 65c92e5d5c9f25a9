"""The response curve in a browser: a point that is dragged or moved by keys enters the form when it is released."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import Locator, Page, expect

from scoring.serving.service import Service
from scoring.words.wording import text
from tests.interface.pages import Opened, shown_probability

pytestmark = pytest.mark.browser
SLIDER = "#curve-slider"
RESULT = "#result .cs-side b"


def opened_curve(opened: Opened, applicant: int) -> tuple[Page, Locator]:
    page = opened(f"?applicant={applicant}&tab=what_if")
    slider = page.locator(SLIDER)
    expect(slider).to_be_attached()
    return page, slider


def points_of(slider: Locator) -> list[dict]:
    return json.loads(slider.get_attribute("data-points") or "[]")


def test_keys_move_the_point_which_is_entered_and_keeps_the_focus(opened: Opened, service: Service, ids: tuple):
    page, slider = opened_curve(opened, ids[0])
    points, own = points_of(slider), int(slider.get_attribute("data-own") or "")
    slider.focus()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    there = points[own + 3]
    expect(page.locator(".cs-curve-told")).to_have_text(there["words"])
    expect(slider).to_have_attribute("aria-valuetext", there["words"])
    page.keyboard.press("Enter")
    expect(page.locator(RESULT).nth(1)).to_have_text(shown_probability(service, ids[0], there["changes"]))
    expect(page.locator("#application .cs-changed")).to_contain_text("Amount of the loan")
    expect(slider).to_be_focused()


def test_the_point_follows_the_pointer_and_is_scored_only_when_it_is_let_go(
    opened: Opened, service: Service, ids: tuple
):
    page, slider = opened_curve(opened, ids[0])
    points, before = points_of(slider), page.locator(RESULT).nth(1).inner_text()
    box = slider.bounding_box()
    assert box
    height = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + 0.4 * box["width"], height)
    page.mouse.down()
    page.mouse.move(box["x"] + 0.8 * box["width"], height, steps=3)
    told = page.locator(".cs-curve-told").inner_text()
    there = next(point for point in points if point["words"] == told)
    assert abs(there["x"] - 80) < 5
    expect(page.locator(RESULT).nth(1)).to_have_text(before)
    page.mouse.up()
    expect(page.locator(RESULT).nth(1)).to_have_text(shown_probability(service, ids[0], there["changes"]))


def test_a_kept_term_changes_the_instalment_too(opened: Opened, service: Service, ids: tuple):
    page, slider = opened_curve(opened, ids[0])
    page.locator("#curve-keep").select_option("term")
    expect(page.locator("#curve")).to_contain_text(text("curve.kept.term", "en"))
    expect(page.locator("#curve-keep")).to_be_focused()
    slider.focus()
    page.keyboard.press("End")
    page.keyboard.press("Enter")
    expect(page.locator("#application .cs-changed")).to_contain_text("Amount of the loan, Instalment")


def test_another_curve_is_kept_through_edits(opened: Opened, ids: tuple):
    page, slider = opened_curve(opened, ids[0])
    page.locator("#curve-field").select_option("AMT_INCOME_TOTAL")
    expect(page.locator(".cs-curve-x")).to_have_text("Yearly income")
    slider.focus()
    page.keyboard.press("PageUp")
    page.keyboard.press("Enter")
    expect(page.locator("#application .cs-changed")).to_contain_text("Yearly income")
    expect(page.locator(".cs-curve-x")).to_have_text("Yearly income")


def test_a_value_that_is_not_in_the_form_is_only_looked_at(opened: Opened, ids: tuple):
    page, slider = opened_curve(opened, ids[0])
    page.locator("#curve-field").select_option("EXT_SOURCE_3")
    expect(page.locator("#curve")).to_contain_text(text("curve.only_looked_at", "en"))
    told = page.locator(".cs-curve-told").inner_text()
    slider.focus()
    page.keyboard.press("End")
    expect(page.locator(".cs-curve-told")).not_to_have_text(told)
    page.keyboard.press("Enter")
    expect(page.locator("#application .cs-changed")).to_have_count(0)
