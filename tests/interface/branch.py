"""A branch at work in browsers: signing in, the list, and decisions."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Mapping

from playwright.sync_api import Browser, Page, expect

from scoring.journal.journal import Journal, open_journal
from scoring.people import Role
from scoring.words.wording import text
from tests.interface.conftest import ROOT
from tests.interface.pages import tab
from tests.interface.shown import PATIENCE

GLANCE_MS = 500
PASSWORD = "correct horse battery"


class Branch:
    """A branch with its app, its journal and its people's browsers."""

    def __init__(self, url: str, journal: str, browser: Browser) -> None:
        self.url, self.journal_url, self.browser = url, journal, browser
        self.pages: dict[str, Page] = {}

    @property
    def journal(self) -> Journal:
        return open_journal(self.journal_url)

    def sign_in(self, name: str) -> Page:
        context = self.browser.new_context(viewport={"width": 1366, "height": 768}, locale="en-GB")
        context.set_default_timeout(PATIENCE)
        page = context.new_page()
        page.goto(self.url)
        page.get_by_label(text("sign_in.name", "en")).fill(name)
        page.get_by_label(text("sign_in.password", "en")).fill(PASSWORD)
        page.get_by_role("button", name=text("sign_in.button", "en")).click()
        expect(page.locator("#who")).to_contain_text(f"Signed in as {name}")
        self.pages[name] = page
        return page

    def command(self, *words: str, status: int = 0) -> str:
        done = command(self.journal_url, *words)
        assert done.returncode == status, done.stderr
        return done.stdout


def command(journal: str, *words: str, typed: str = "") -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "JOURNAL_URL": journal}
    return subprocess.run(
        [sys.executable, "-m", "scoring", *words],
        cwd=ROOT,
        env=environment,
        input=typed,
        text=True,
        capture_output=True,
    )


def add_users(journal: str, team: Mapping[str, Role]) -> None:
    for name, role in team.items():
        added = command(journal, "users", "add", name, "--role", role, typed=f"{PASSWORD}\n")
        assert added.returncode == 0, added.stderr


def open_by_id(page: Page, applicant_id: int) -> None:
    page.locator("#picker input").fill(str(applicant_id))
    page.locator("#picker input").press("Enter")
    expect(page.locator("#application h2")).to_have_text(f"Applicant {applicant_id}")
    # An answer fills the page part by part; what a person clicks after a glance comes after all of it.
    expect(page).to_have_url(re.compile(f"applicant={applicant_id}"))
    page.wait_for_timeout(GLANCE_MS)


def decide(page: Page, outcome: str, reason: str = "", note: str = "", refer_to: str = "") -> None:
    tab(page, "record")
    page.locator("#own-decision label").filter(has_text=text(f"decision.{outcome}", "en")).click()
    expect(page.locator("#listed-reason input")).to_be_visible()
    if refer_to:
        page.locator("#refer-to input").click()
        page.get_by_role("option", name=refer_to, exact=True).click()
    if reason:
        page.locator("#listed-reason input").click()
        page.get_by_role("option", name=reason).click()
    page.locator("#own-note textarea").fill(note)
    page.locator("#record-decision").click()


def recorded(page: Page) -> None:
    expect(page.locator("#record .cs-notice")).to_contain_text("Recorded: entry")


def counts(page: Page) -> dict[str, int]:
    page.locator("#back-to-list").click()
    expect(page.locator("#worklist .cs-chip").first).to_be_visible()
    chips = page.locator("#worklist .cs-chip")
    return {
        chips.nth(place).locator("span").inner_text(): int(chips.nth(place).locator("b").inner_text().replace(",", ""))
        for place in range(chips.count())
    }
