"""The list of applications on the page: counts, filters, order, pages, what a click opens, and what comes next."""

from __future__ import annotations

import math
import re

import pytest
from playwright.sync_api import Page, expect

from scoring.lender.roles import CREDIT
from scoring.serving.service import Service, assess, score
from scoring.words.wording import text
from tests.interface.pages import Opened, grave, tab

pytestmark = pytest.mark.browser

ROWS = ".cs-list tbody tr"
PER_PAGE = 20


def listed(page: Page) -> list[int]:
    expect(page.locator(ROWS).first).to_be_visible()
    return [int(written) for written in page.locator(f"{ROWS} a").all_inner_texts()]


def sort_by(page: Page, column: str) -> None:
    page.locator(f".cs-list thead .cs-col-{column} .cs-command").click()


@pytest.fixture
def complete(opened: Opened, client, applicants) -> Opened:
    """Opens pages once everybody is in the list."""

    def open_page(query: str = "", **more) -> Page:
        page = opened(query, **more)
        for _ in range(120):
            if page.locator(".cs-chip b").first.inner_text() == f"{len(applicants):,}":
                return page
            page.wait_for_timeout(1000)
            page.reload()
            expect(page.locator(".cs-chip").first).to_be_visible()
        pytest.fail("not everybody was scored in time")

    return open_page


def test_the_list_is_the_first_page_and_a_click_opens_an_application(complete: Opened, applicants):
    page = complete()
    assert listed(page) == applicants.ids[:PER_PAGE].tolist()
    page.locator(f"{ROWS} a").nth(2).click()
    expect(page.locator("#application h2")).to_have_text(f"Applicant {applicants.ids[2]}")
    expect(page.locator("#worklist")).to_be_hidden()
    expect(page).to_have_url(re.compile(f"applicant={applicants.ids[2]}"))
    page.locator("#back-to-list").click()
    expect(page.locator("#worklist")).to_be_visible()
    expect(page.locator("#tabs")).to_be_hidden()
    expect(page).not_to_have_url(re.compile("applicant="))


def test_each_row_shows_what_the_score_says(complete: Opened, service: Service):
    page = complete()
    expect(page.locator(ROWS)).to_have_count(PER_PAGE)
    for row in page.locator(ROWS).all()[:5]:
        applicant_id = int(row.locator("a").inner_text())
        assessment = assess(service, applicant_id, {}, "en")
        told = row.inner_text()
        assert f"{assessment.applicant.raw[CREDIT]:,.0f}" in told
        assert f"{100 * assessment.probability:.1f}%" in told
        scored = score(service, assessment)
        assert f"{math.floor(scored.points)} points · {scored.score_band}" in told
        assert text(f"decision.{assessment.decision.outcome}", "en") in told


def test_a_heading_sorts_both_ways_and_pages_follow(complete: Opened, service: Service, applicants):
    page = complete()
    sort_by(page, "amount")
    expect(page.locator("th[aria-sort=descending]")).to_contain_text("Amount")
    first = listed(page)
    amounts = [applicants.find(found).raw[CREDIT] for found in first]
    assert amounts == sorted(amounts, reverse=True)
    page.locator(".cs-pages .cs-command").last.click()
    expect(page.locator(".cs-pages")).to_contain_text("21 to 40")
    assert set(listed(page)).isdisjoint(first)
    sort_by(page, "amount")
    expect(page.locator("th[aria-sort=ascending]")).to_contain_text("Amount")
    amounts = [applicants.find(found).raw[CREDIT] for found in listed(page)]
    assert amounts == sorted(amounts)


def test_filters_narrow_the_list_and_half_typed_ones_leave_it(complete: Opened, applicants):
    page = complete()
    page.locator("#filter-id textarea, #filter-id input").fill("1003")
    expect(page.locator(".cs-pages")).to_contain_text("of 1")
    assert all(str(found).startswith("1003") for found in listed(page))
    page.locator("#filter-id textarea, #filter-id input").fill("")
    expect(page.locator(".cs-pages")).to_contain_text(f"of {len(applicants):,}")
    page.locator("#filter-least textarea, #filter-least input").fill("2 000 000")
    expect(page.locator(".cs-pages")).not_to_contain_text(f"{len(applicants):,}")
    assert all(applicants.find(found).raw[CREDIT] >= 2_000_000 for found in listed(page))
    page.locator("#filter-least textarea, #filter-least input").fill("abc")
    expect(page.locator(".cs-pages")).to_contain_text(f"of {len(applicants):,}")


def test_next_opens_the_next_in_the_order_of_the_list(complete: Opened, client):
    page = complete()
    sort_by(page, "probability")
    expect(page.locator("th[aria-sort=descending]")).to_contain_text("Probability")
    first, *others = listed(page)
    heading = page.locator("#application h2")
    page.locator("#next-application").click()
    expect(heading).to_have_text(f"Applicant {first}")
    page.locator("#next-application").click()
    expect(heading).not_to_have_text(f"Applicant {first}")
    passed_over = others[: others.index(int(heading.inner_text().split()[-1]))]
    # Another test of the same app may have decided about somebody since the list was read.
    decided = {entry["applicant_id"] for entry in client.predict(kind="decision", limit=1000, api_name="/journal")}
    assert set(passed_over) <= decided


def test_the_address_opens_a_state_and_a_reload_comes_back_to_it(complete: Opened):
    page = complete("?state=decided")
    chosen = page.locator(".cs-chip[aria-pressed=true]")
    expect(chosen).to_contain_text(text("case.state.decided", "en"))
    page.locator(".cs-chip").filter(has_text=text("case.state.open", "en")).click()
    expect(chosen).to_contain_text(text("case.state.open", "en"))
    expect(page).to_have_url(re.compile("state=open"))
    page.reload()
    expect(chosen).to_contain_text(text("case.state.open", "en"))


@pytest.mark.parametrize("state", ["nothing", "<script>", "open' OR 1=1"])
def test_an_unknown_state_in_the_address_shows_all(opened: Opened, state: str):
    page = opened(f"?state={state}")
    expect(page.locator(".cs-chip[aria-pressed=true]")).to_contain_text(text("list.all", "en"))


def test_the_list_reads_well_in_french_in_the_dark_and_on_a_phone(opened: Opened):
    page = opened(locale="fr-FR", scheme="dark", width=390, height=844)
    expect(page.locator(".cs-chip").first).to_contain_text(text("list.all", "fr"))
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert grave(page) == []


def test_the_desk_is_accessible(opened: Opened, ids: tuple):
    page = opened(f"?applicant={ids[1]}")
    tab(page, "record")
    page.locator("#own-decision label").last.click()
    expect(page.locator("#listed-reason input")).to_be_visible()
    assert grave(page) == []
