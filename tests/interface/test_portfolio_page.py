"""A file of applications on the page: sent, watched, read and fetched, in both languages."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from playwright.sync_api import FilePayload, Page, expect

from scoring.words.language import Language
from scoring.words.wording import text
from tests.interface.pages import Opened, grave

pytestmark = pytest.mark.browser

HEADER = "AMT_INCOME_TOTAL,AMT_CREDIT,AMT_ANNUITY,DAYS_BIRTH"
GOOD, BAD = "150000,333000.125,20000,-12000", "150000,-5,20000,-12000"


def send(page: Page, lines: Sequence[str]) -> None:
    content = "\n".join(lines).encode()
    page.locator("#portfolio-form input").set_input_files(
        FilePayload(name="a.csv", mimeType="text/csv", buffer=content)
    )
    page.locator("#portfolio-form [type=submit]").click()


@pytest.mark.parametrize(("language", "scheme", "width"), [("en", "light", 1366), ("fr", "dark", 360)])
def test_a_file_is_scored_read_and_fetched(opened: Opened, language: Language, scheme: str, width: int):
    page = opened(f"?language={language}", width, scheme=scheme)
    page.locator("#to-files").click()
    send(page, [HEADER, GOOD, BAD, GOOD])
    expect(page.locator(".cs-counts > div").last).to_contain_text(text("portfolio.in_error", language))
    assert [int(count.inner_text()) for count in page.locator(".cs-counts dd:nth-child(2)").all()][-1] == 1
    expect(page.locator(".cs-refusals tbody td")).to_contain_text("AMT_CREDIT")
    expect(page.locator("#portfolio-view .cs-drawing svg")).to_be_visible()
    assert grave(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    with page.expect_download() as fetched:
        page.locator("#portfolio-view a.cs-save").click()
    assert fetched.value.suggested_filename == "scored.csv"
    assert len(Path(fetched.value.path()).read_text(encoding="utf-8").splitlines()) == 4
    page.reload()
    expect(page.locator(".cs-counts")).to_be_visible()


def test_another_file_that_is_refused_or_cancelled_takes_the_place_of_the_last(opened: Opened):
    page = opened("?tab=portfolio&language=en")
    send(page, ["AMT_CREDIT,amount", "1,2"])
    expect(page.locator("#portfolio-view [role=alert]")).to_contain_text("not known: 'amount'")
    send(page, [HEADER, *[GOOD] * 150_000])
    page.locator("#portfolio-cancel").click()
    expect(page.locator("#portfolio-view")).to_contain_text(text("portfolio.cancelled", "en"))
    expect(page.locator("#portfolio-cancel")).to_have_count(0)


def test_it_leads_back_to_the_case(opened: Opened, some_ids: list[int]):
    page = opened(f"?applicant={some_ids[7]}&language=en")
    page.locator("#to-files").click()
    expect(page.locator("#tabs")).to_have_count(0)
    page.locator("#to-case").click()
    expect(page.locator("#tabs")).to_be_visible()
    expect(page.locator("#portfolio-page")).to_have_count(0)
