"""The model's page as a reviewer meets it: reached without an applicant, in both languages, on any screen."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect

from scoring.artifact.recost import with_costs
from scoring.decision.costs import RatioCosts
from scoring.interface.model.threshold import point_at
from scoring.interface.screen import TABS
from scoring.serving.service import Service, assess, score
from scoring.words.language import LANGUAGES, Language
from scoring.words.wording import percent, text
from tests.interface.pages import AMOUNT, Opened, enter, grave, opened_pages, tab

pytestmark = pytest.mark.browser

RATIO = "#cost-ratio input[type=number]"
SECTIONS = ("version", "threshold", "accuracy", "weights", "groups", "quality", "drift", "card")


def weigh(page: Page, ratio: float) -> None:
    """Types a cost ratio beside the slider."""
    page.locator(RATIO).fill(f"{ratio:g}")
    page.locator(RATIO).press("Enter")


def test_the_first_page_leads_to_it_without_an_applicant(opened: Opened):
    page = opened("?language=en")
    expect(page.locator("#tabs")).to_have_count(0)
    page.locator("#to-model").click()
    for name in SECTIONS:
        expect(page.locator(f"#model-{name} h2")).to_have_text(text(f"model.section.{name}", "en"))
    expect(page.locator("#model-weighed")).to_contain_text(text("model.nobody", "en"))
    expect(page.locator("#tabs")).to_have_count(0)


def test_a_question_leads_to_its_section(opened: Opened):
    page = opened("?tab=model&language=en")
    page.get_by_role("link", name=text("model.asked.drift", "en")).click()
    expect(page.locator("#model-drift h2")).to_be_in_viewport()


def test_an_applicant_chosen_there_opens_and_is_decided_there_too(
    opened: Opened, service: Service, some_ids: list[int]
):
    page, wanted = opened("?tab=model&language=en"), some_ids[7]
    expect(page.locator("#model-after .cs").first).to_be_visible()
    page.locator("#picker input").fill(str(wanted))
    page.locator("#picker input").press("Enter")
    own = text(f"decision.{score(service, assess(service, wanted, {}, 'en')).decision}", "en")
    expect(page.locator("#application .cs-decision")).to_have_text(own)
    page.locator("#to-model").click()
    expect(page.locator("#model-weighed .cs-decision")).to_have_text(own)


def test_the_slider_moves_threshold_confusion_cost_and_decision_together(
    opened: Opened, service: Service, some_ids: list[int]
):
    wanted = next(each for each in some_ids if assess(service, each, {}, "en").decision.outcome == "refuse")
    page = opened(f"?tab=model&applicant={wanted}&language=en")
    weighed = page.locator("#model-weighed")
    decisions = set()
    for ratio in (10.0, 50.0, 1.0):
        weigh(page, ratio)
        point = point_at(service.artifact, ratio)
        expect(weighed.locator(".cs-figure-number")).to_have_text(percent(point.threshold, "en"))
        cells = weighed.locator(".cs-point table td")
        shares = (point.true_approvals, point.false_refusals), (point.false_approvals, point.true_refusals)
        for row, (approved, refused) in enumerate(shares):
            expect(cells.nth(3 * row)).to_have_text(percent(approved, "en"))
            expect(cells.nth(3 * row + 1)).to_have_text(percent(refused, "en"))
        expect(weighed.locator(".cs-costs dd").first).to_have_text(f"{point.cost:.2f}")
        served = Service(with_costs(service.artifact, RatioCosts(ratio)), service.applicants)
        own = score(served, assess(served, wanted, {}, "en"))
        expect(weighed.locator(".cs-decision")).to_have_text(text(f"decision.{own.decision}", "en"))
        decisions.add(own.decision)
    assert len(decisions) > 1
    # What is served stays as it is.
    own = score(service, assess(service, wanted, {}, "en"))
    page.locator("#to-case").click()
    expect(page.locator("#application .cs-decision")).to_have_text(text(f"decision.{own.decision}", "en"))
    expect(page.locator("#application .cs-threshold")).to_contain_text(percent(own.threshold, "en"))


def test_the_slider_stays_where_it_is_while_the_case_is_read(opened: Opened, service: Service, some_ids: list[int]):
    page = opened(f"?tab=model&applicant={some_ids[7]}&language=en")
    weigh(page, 5)
    told = percent(point_at(service.artifact, 5).threshold, "en")
    expect(page.locator("#model-weighed .cs-figure-number")).to_have_text(told)
    page.locator("#to-case").click()
    expect(page.locator("#reasons .cs-reasons")).to_be_visible()
    page.locator("#to-model").click()
    expect(page.locator("#model-weighed .cs-figure-number")).to_have_text(told)


def test_it_speaks_the_other_language_with_and_without_an_applicant(opened: Opened, some_ids: list[int]):
    for query in ("", f"&applicant={some_ids[7]}"):
        page = opened(f"?tab=model&language=en{query}")
        expect(page.locator("#model-card h2")).to_have_text(text("model.section.card", "en"))
        page.get_by_text("Français").click()
        for name in SECTIONS:
            expect(page.locator(f"#model-{name} h2")).to_have_text(text(f"model.section.{name}", "fr"))
        expect(page.locator("#cost-ratio")).to_contain_text(text("model.slider", "fr"))
        expect(page.locator("#model-weighed")).to_contain_text(text("model.cost.here", "fr"))


def test_an_edit_reaches_it(opened: Opened, service: Service, some_ids: list[int]):
    page = opened(f"?applicant={some_ids[7]}&language=en")
    tab(page, "what_if")
    enter(page, AMOUNT, "1234567")
    changed = score(service, assess(service, some_ids[7], {"AMT_CREDIT": 1_234_567}, "en"))
    expect(page.locator("#result .cs-side b").nth(1)).to_have_text(percent(changed.probability, "en"))
    page.locator("#to-model").click()
    expect(page.locator("#model-weighed .cs-side")).to_contain_text(percent(changed.probability, "en"))


def test_a_new_application_still_shows_the_model(opened: Opened, some_ids: list[int]):
    page = opened(f"?tab=model&applicant={some_ids[7]}&language=en")
    page.locator("#new-application").click()
    expect(page.locator("#entry-problem")).to_contain_text("Still needed")
    page.locator("#to-model").click()
    expect(page.locator("#model-weighed")).to_contain_text(text("model.nobody", "en"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_narrow_phone_scrolls_down_only(opened: Opened, some_ids: list[int], language: Language):
    page = opened(f"?tab=model&applicant={some_ids[7]}&language={language}", width=360)
    expect(page.locator("#model-card")).to_be_visible()
    for folded in page.locator("#model-after summary").all():
        folded.click()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.locator("#to-case").click()
    # All tabs are at hand, none in a menu.
    for name in TABS:
        expect(page.get_by_role("tab", name=text(f"screen.tab.{name}", language))).to_be_visible()


@pytest.mark.parametrize(("language", "scheme", "width"), [("en", "light", 1366), ("fr", "dark", 360)])
def test_it_has_no_serious_violation(opened: Opened, some_ids: list[int], language: str, scheme: str, width: int):
    page = opened(f"?tab=model&applicant={some_ids[7]}&language={language}", width, scheme=scheme)
    expect(page.locator("#model-card")).to_be_visible()
    for folded in page.locator("#model-after summary").all():
        folded.click()
    assert grave(page) == []


def test_the_whole_drift_report_is_this_apps_own(opened: Opened, app_url: str):
    page = opened("?tab=model&language=en")
    link = page.get_by_role("link", name=text("model.drift.report", "en"))
    address = link.evaluate("link => link.href")
    assert address.startswith(f"{app_url}/drift")
    assert page.request.get(address).ok


def test_a_model_that_decides_by_amounts_shows_its_own_curve_and_no_slider(browser: Browser, amount_url: str):
    with opened_pages(browser, amount_url) as opened:
        page = opened("?tab=model&language=en")
        expect(page.locator("#model-weighed .cs-drawing")).to_contain_text(text("model.chart.threshold.amount", "en"))
        expect(page.locator("#model-threshold")).to_contain_text(text("model.no_slider", "en"))
        expect(page.locator("#cost-ratio")).to_have_count(0)
