"""axe-core finds nothing serious on any tab: contrast, labels, roles, names, and what a screen reader is told."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from scoring.interface.screen import TABS
from scoring.words.wording import text
from tests.interface.pages import grave
from tests.interface.shown import PATIENCE, SHOWS

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(("language", "scheme", "width"), [("en", "light", 1366), ("fr", "dark", 360)])
def test_no_tab_has_a_serious_violation(
    browser: Browser, app_url: str, some_ids: list[int], language: str, scheme: str, width: int
):
    context = browser.new_context(viewport={"width": width, "height": 768}, color_scheme=scheme)
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    page.goto(f"{app_url}/?applicant={some_ids[7]}&language={language}")
    found = {}
    for tab in TABS:
        page.get_by_role("tab", name=text(f"screen.tab.{tab}", language)).click(timeout=PATIENCE)
        expect(page.locator(SHOWS[tab]).first).to_be_visible(timeout=PATIENCE)
        found[tab] = grave(page)
    context.close()
    assert found == {tab: [] for tab in TABS}


def test_the_first_page_has_no_serious_violation(browser: Browser, app_url: str):
    page = browser.new_page()
    page.goto(app_url)
    expect(page.locator("#application .cs")).to_be_visible(timeout=PATIENCE)
    assert grave(page) == []
    page.close()


def test_a_page_without_labels_would_be_found(browser: Browser):
    page = browser.new_page()
    page.set_content("<html lang='en'><title>x</title><main><h1>x</h1><input type='text'></main></html>")
    assert any(one.startswith("label") for one in grave(page))
    page.close()
