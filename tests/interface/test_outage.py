"""The journal cannot be reached: nothing is pretended, scoring goes on, and the decision is offered again."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from gradio_client import Client
from playwright.sync_api import Browser, expect

from scoring.words.wording import text
from tests.interface.conftest import running_app
from tests.interface.pages import opened_pages, shown_probability, tab

pytestmark = pytest.mark.browser


def test_a_decision_that_is_not_recorded_is_said_so_and_offered_again(tmp_path: Path, browser: Browser, service, ids):
    journal = tmp_path / "journal.db"
    with running_app(tmp_path / "app.log", JOURNAL_URL=f"sqlite:///{journal}") as url:
        client = Client(url, verbose=False)
        recommended = client.predict(ids[0], {}, "en", api_name="/score")["decision"]
        with opened_pages(browser, url) as open_page:
            page = open_page(f"?applicant={ids[0]}&tab=record")
            page.locator("#own-decision label").filter(has_text=text(f"decision.{recommended}", "en")).click()
            page.locator("#own-note textarea").fill("Between us")
            lock = sqlite3.connect(journal, isolation_level=None)
            lock.execute("BEGIN IMMEDIATE")
            page.locator("#record-decision").click()
            expect(page.locator("#record .cs-problem")).to_contain_text("NOT recorded")
            expect(page.locator("#own-note textarea")).to_have_value("Between us")
            expect(page.locator("#own-decision input:checked")).to_have_value(recommended)
            tab(page, "reasons")
            told = shown_probability(service, ids[0], {})
            expect(page.locator("#application .cs-probability b")).to_have_text(told)
            with pytest.raises(ValueError, match="nothing was recorded"):
                client.predict(applicant_id=ids[0], outcome=recommended, api_name="/decide")
            lock.execute("ROLLBACK")
            lock.close()
            tab(page, "record")
            page.locator("#record-decision").click()
            expect(page.locator("#record .cs-notice")).to_contain_text("Recorded: entry")
        (entry,) = client.predict(kind="decision", api_name="/journal")
        assert (entry["applicant_id"], entry["payload"]["note"]) == (ids[0], "Between us")
