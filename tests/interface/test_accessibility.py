"""axe-core finds nothing serious on any tab: contrast, labels, roles, names, and what a screen reader is told."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from scoring.interface.screen import TABS
from scoring.words.language import Language
from scoring.words.wording import text
from tests.interface.pages import Opened, grave
from tests.interface.shown import PATIENCE, SHOWS

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(("language", "scheme", "width"), [("en", "light", 1366), ("fr", "dark", 360)])
def test_no_tab_has_a_serious_violation(
    opened: Opened, some_ids: list[int], language: Language, scheme: str, width: int
):
    page = opened(f"?applicant={some_ids[7]}&language={language}", width, scheme=scheme)
    found = {}
    for tab in TABS:
        page.get_by_role("tab", name=text(f"screen.tab.{tab}", language)).click(timeout=PATIENCE)
        expect(page.locator(SHOWS[tab]).first).to_be_visible(timeout=PATIENCE)
        found[tab] = grave(page)
    assert found == {tab: [] for tab in TABS}


def test_the_first_page_has_no_serious_violation(opened: Opened):
    assert grave(opened()) == []


def test_a_page_without_labels_would_be_found(browser: Browser):
    page = browser.new_page()
    page.set_content("<html lang='en'><title>x</title><main><h1>x</h1><input type='text'></main></html>")
    assert any(one.startswith("label") for one in grave(page))
    page.close()
