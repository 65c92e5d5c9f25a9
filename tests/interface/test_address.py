"""The page's address: what a reload opens is what was shown."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.interface.pages import Opened

pytestmark = pytest.mark.browser


def test_a_page_that_opened_in_the_browser_s_language_keeps_it(opened: Opened, ids: tuple):
    page = opened(f"?applicant={ids[0]}", locale="fr-FR")
    expect(page.locator("#application h2")).to_have_text(f"Demandeur {ids[0]}")
    page.wait_for_url(re.compile(rf"applicant={ids[0]}&language=fr"))
    page.reload()
    expect(page.locator("#application h2")).to_have_text(f"Demandeur {ids[0]}")
