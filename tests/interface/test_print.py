"""The printed page: the case of the open tab, in light colours."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.interface.pages import Opened, tab

pytestmark = pytest.mark.browser


def test_a_print_holds_the_case_and_nothing_to_operate(opened: Opened, ids: tuple):
    page = opened(f"?applicant={ids[0]}", scheme="dark")
    tab(page, "population")
    expect(page.locator("#plot-0 svg")).to_be_visible()
    page.emulate_media(media="print")
    for kept in ("#application h2", "#plot-0 svg", "#scatter svg", "#similar table"):
        expect(page.locator(kept)).to_be_visible()
    for operated in ("[role=tab]", "button", "input", "footer"):
        assert not [item for item in page.locator(operated).all() if item.is_visible()], operated


def test_a_print_of_the_dark_page_is_dark_ink_on_a_light_card(opened: Opened, ids: tuple):
    page = opened(f"?applicant={ids[0]}", scheme="dark")
    tab(page, "population")
    tick = page.locator("#plot-0 svg text").first
    expect(tick).to_have_css("fill", "rgb(169, 182, 196)")
    page.emulate_media(media="print", color_scheme="dark")
    expect(tick).to_have_css("fill", "rgb(82, 96, 109)")
    expect(page.locator("#plot-0 .cs-figure")).to_have_css("background-color", "rgb(255, 255, 255)")
