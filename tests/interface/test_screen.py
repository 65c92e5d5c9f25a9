"""The page as an adviser meets it, driven in headless Chromium against the running app."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from gradio_client import Client
from playwright.sync_api import expect

from scoring.answers.applicant import Plan
from scoring.interface.reasons_tab import MAIN
from scoring.serving.service import Service
from scoring.words.language import LANGUAGES, Language
from scoring.words.wording import percent, text
from tests.interface.pages import AMOUNT, Opened, enter, shown_probability, tab

pytestmark = pytest.mark.browser

TABS = ("reasons", "explanation", "population", "what_if", "record")


def test_an_applicant_is_found_by_typing_and_shows_what_score_says(opened: Opened, client: Client, ids: tuple):
    page, wanted = opened(), ids[0]
    picker = page.locator("#picker input")
    picker.click()
    picker.press_sequentially(str(wanted)[:-1])
    page.get_by_role("option", name=str(wanted)).click()
    expect(page.locator("#application h2")).to_have_text(f"Applicant {wanted}")
    answer = client.predict(wanted, {}, "en", api_name="/score")
    bar = page.locator("#application")
    expect(bar.locator(".cs-decision")).to_have_text(text(f"decision.{answer['decision']}", "en"))
    expect(bar.locator(".cs-probability b")).to_have_text(percent(answer["probability"], "en"))
    expect(bar.locator(".cs-probability")).to_contain_text(
        f"{math.floor(answer['points'])} score points · {answer['score_band']}"
    )
    expect(page.locator("#reasons .cs-against")).to_have_count(len(answer["reasons"]))
    expect(bar.locator(".cs-sure")).to_contain_text(answer["how_sure"])


def test_a_whole_id_and_enter_is_enough(opened: Opened, ids: tuple):
    page = opened()
    picker = page.locator("#picker input")
    picker.fill(str(ids[1]))
    picker.press("Enter")
    expect(page.locator("#application h2")).to_have_text(f"Applicant {ids[1]}")


def test_a_wrong_id_is_explained_and_recovered_from(opened: Opened, ids: tuple):
    page = opened(f"?applicant={ids[0]}")
    picker = page.locator("#picker input")
    for wrong, told in (
        ("999999999", "No applicant 999999999 is on file"),
        ("Smith", "“Smith” is not an applicant's id"),
    ):
        picker.fill(wrong)
        picker.press("Enter")
        expect(page.get_by_role("alert")).to_contain_text(told)
        # Nobody's decision stays beside an id that is somebody else's.
        expect(page.locator("#application h2")).not_to_be_visible()
    picker.fill(str(ids[1]))
    picker.press("Enter")
    expect(page.locator("#application h2")).to_have_text(f"Applicant {ids[1]}")
    expect(page.locator("#problem .cs-notice")).to_have_count(0)


def test_a_wrong_id_in_the_address_is_explained(opened: Opened):
    page = opened("?applicant=1")
    expect(page.get_by_role("alert")).to_contain_text("No applicant 1 is on file")


def test_tabs_draw_their_figures_when_opened_and_not_before(opened: Opened, ids: tuple):
    page = opened(f"?applicant={ids[0]}")
    expect(page.locator("#reasons .cs-reasons")).to_be_visible()
    assert page.locator("svg[viewBox='0 0 24 24'].cs-icon").count() == 1
    assert page.locator(".cs-drawing").count() == 0
    tab(page, "explanation")
    expect(page.locator("#waterfall svg")).to_be_visible()
    expect(page.locator("#theme-waterfall svg")).to_be_visible()
    tab(page, "population")
    for place in range(3):
        expect(page.locator(f"#plot-{place} svg")).to_be_visible()
    page.locator("#plot-0 summary").click()
    expect(page.locator("#plot-0 table")).to_be_visible()


def test_another_theme_population_and_characteristic_are_drawn(opened: Opened, ids: tuple):
    page = opened(f"?applicant={ids[0]}")
    tab(page, "explanation")
    expect(page.locator("#theme-waterfall svg")).to_be_visible()
    page.locator("#theme input").click()
    page.get_by_role("option", name="Requested loan").click()
    expect(page.locator("#theme-waterfall")).to_contain_text("Requested loan: what each item changes")
    tab(page, "population")
    expect(page.locator("#plot-2 svg")).to_be_visible()
    page.locator("#population input").click()
    page.get_by_role("option", name="Applicants who repaid").click()
    for place in range(3):
        expect(page.locator(f"#plot-{place}")).to_contain_text("Applicants who repaid")
    menu = page.locator("#characteristic-1 input")
    menu.click()
    menu.press_sequentially("owns a car")
    page.get_by_role("option", name="Owns a car").click()
    expect(page.locator("#plot-1 .cs-drawing")).to_have_attribute("aria-label", re.compile("^Owns a car"))
    menu = page.locator("#scatter-up input")
    menu.click()
    menu.press_sequentially("yearly income")
    page.get_by_role("option", name="Income and job · Yearly income", exact=True).click()
    expect(page.locator("#scatter .cs-drawing")).to_have_attribute("aria-label", re.compile("^Yearly income by "))
    page.locator("#scatter summary").click()
    expect(page.locator("#scatter table")).to_contain_text("Past applicants")


def test_the_whole_page_speaks_the_other_language(opened: Opened, service: Service, ids: tuple):
    page = opened(f"?applicant={ids[0]}")
    tab(page, "what_if")
    enter(page, AMOUNT, "400000")
    expect(page.locator("#application .cs-changed")).to_be_visible()
    page.get_by_text("Français").click()
    for name in TABS:
        expect(page.get_by_role("tab", name=text(f"screen.tab.{name}", "fr"))).to_be_visible()
    after = page.locator("#result .cs-side b").nth(1)
    expect(after).to_have_text(shown_probability(service, ids[0], {"AMT_CREDIT": 400_000}, "fr"))
    expect(page.locator("#entry-AMT_CREDIT")).to_contain_text("Montant du prêt")
    tab(page, "explanation", "fr")
    expect(page.locator("#waterfall")).to_contain_text("Des demandeurs acceptés de justesse à celui-ci")
    expect(page.locator("#theme")).to_contain_text("Ouvrir un thème")


def test_the_browsers_language_comes_first(opened: Opened, ids: tuple):
    page = opened(f"?applicant={ids[0]}", locale="fr-FR")
    expect(page.locator("#application h2")).to_have_text(f"Demandeur {ids[0]}")


def test_two_browsers_with_different_applicants_never_mix(opened: Opened, service: Service, ids: tuple):
    pages = [opened(f"?applicant={one}") for one in ids]
    for round_of_edits in range(3):
        amounts = [300_000 + 10_000 * round_of_edits, 800_000 + 10_000 * round_of_edits]
        for page, amount in zip(pages, amounts, strict=True):
            tab(page, "what_if")
            enter(page, AMOUNT, str(amount))
        for page, one, amount in zip(pages, ids, amounts, strict=True):
            expected = shown_probability(service, one, {"AMT_CREDIT": amount})
            expect(page.locator("#result .cs-side b").nth(1)).to_have_text(expected)
            expect(page.locator("#application h2")).to_have_text(f"Applicant {one}")


@pytest.mark.parametrize(("width", "height"), [(1366, 768), (390, 844)])
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_first_view_answers_without_scrolling(
    opened: Opened, helped: tuple[int, Plan], language: Language, width: int, height: int
):
    """What, how likely, how sure, the two main reasons on either side, and what would change it."""
    page = opened(f"?applicant={helped[0]}&language={language}", width, height)
    expect(page.locator("#reasons .cs-reasons li")).not_to_have_count(0)
    seen = [f"#application .cs-{part}" for part in ("decision", "probability", "scale", "sure summary", "change")]
    reasons = page.locator("#reasons .cs-reasons summary")
    for shown in [*(page.locator(part) for part in seen), *(reasons.nth(place) for place in range(2 * MAIN))]:
        expect(shown).to_be_in_viewport(ratio=1)
    sides = reasons.locator(".cs-effect").evaluate_all("all => all.slice(0, 4).map(one => one.className)")
    assert sorted(side.split("cs-")[-1] for side in sides) == ["against", "against", "for", "for"]


def test_the_bar_stays_while_the_page_scrolls(opened: Opened, ids: tuple):
    page = opened(f"?applicant={ids[0]}", height=500)
    tab(page, "population")
    expect(page.locator("#similar tbody tr").first).to_be_attached()
    page.locator("#similar").scroll_into_view_if_needed()
    expect(page.locator("#application .cs-decision")).to_be_in_viewport()


def test_a_reason_opens_by_keyboard_beside_the_list_and_leads_to_its_field(opened: Opened, helped: tuple[int, Plan]):
    page = opened(f"?applicant={helped[0]}")
    reasons = page.locator("#reasons details")
    reasons.nth(1).locator("summary").press("Enter")
    reasons.nth(0).locator("summary").press("Enter")
    # One at a time.
    expect(page.locator("#reasons details[open]")).to_have_count(1)
    opened_reason = reasons.nth(0).locator(".cs-opened")
    expect(opened_reason.locator("h3 + *")).to_be_visible()
    field = page.locator("#reasons details:has([data-focus])").first
    if field.get_attribute("open") is None:
        field.locator("summary").press("Enter")
    link = field.locator("[data-focus]").first
    entry = link.get_attribute("data-focus")
    link.press("Enter")
    expect(page.locator(f"#{entry} input").first).to_be_focused()


def test_a_choice_in_the_bar_opens_the_record_at_that_choice_and_records_nothing(
    opened: Opened, client: Client, decidable: Callable[[str], int]
):
    applicant_id = decidable("refuse")
    page = opened(f"?applicant={applicant_id}")
    page.locator("#standing .cs-choice").filter(has_text=text("decision.refuse", "en")).click()
    expect(page.locator("#own-decision label.selected")).to_have_text(text("decision.refuse", "en"))
    expect(page.locator("#told-reasons input:checked").first).to_be_visible()
    decided = client.predict(kind="decision", limit=1000, api_name="/journal")
    assert applicant_id not in [entry["applicant_id"] for entry in decided]


def test_a_narrow_phone_scrolls_down_only(opened: Opened, ids: tuple):
    page = opened(f"?applicant={ids[0]}", width=360, height=780)
    seen = {
        "reasons": ".cs-scale",
        "explanation": "#theme-waterfall svg",
        "population": "#plot-2 svg",
        "what_if": "#result b",
        "record": "#own-decision",
    }
    for name, part in seen.items():
        tab(page, name)
        expect(page.locator(part).first).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_worked_examples_open_with_a_click(opened: Opened):
    page = opened()
    link = page.locator(".cs-examples a").first
    expected = link.locator("span").inner_text()
    link.click()
    expect(page.locator("#application .cs-decision")).to_have_text(expected)


def test_those_alike_are_what_the_endpoint_says(opened: Opened, client: Client, ids: tuple):
    page = opened(f"?applicant={ids[0]}")
    tab(page, "population")
    answer = client.predict(ids[0], {}, "en", api_name="/similar")
    rows = page.locator("#similar tbody tr")
    expect(rows).to_have_count(len(answer["applicants"]))
    for place, past in enumerate(answer["applicants"]):
        expect(rows.nth(place)).to_contain_text(percent(past["probability"], "en"))
    expect(page.locator("#similar")).to_contain_text(answer["note"])


def test_record_and_letter_are_saved_once_the_decision_is_recorded(opened: Opened, decidable: Callable[[str], int]):
    page = opened(f"?applicant={(applicant_id := decidable('refuse'))}")
    tab(page, "record")
    expect(page.locator("#record .cs-save")).to_have_count(0)
    page.locator("#own-decision label").filter(has_text=text("decision.refuse", "en")).click()
    expect(page.locator("#told-reasons input:checked").first).to_be_visible()
    page.locator("#own-note textarea").fill("Knows <b>why</b>")
    page.locator("#record-decision").click()
    expect(page.locator("#standing")).to_contain_text("decided by anybody")
    expect(page.locator("#record .cs-save")).to_have_count(2)
    for place, kind in enumerate(("letter", "record")):
        with page.expect_download() as saved:
            page.locator("#record .cs-save").nth(place).click()
        assert saved.value.suggested_filename == f"{kind}-{applicant_id}.html"
        told = Path(saved.value.path()).read_text(encoding="utf-8")
        assert str(applicant_id) in told
        assert ("&lt;b&gt;why&lt;/b&gt;" in told) == (kind == "record")


def test_nobodys_decision_stands_beside_the_next_applicant(opened: Opened, ids: tuple):
    page = opened(f"?applicant={ids[0]}")
    tab(page, "record")
    page.locator("#own-decision label").first.click()
    page.locator("#own-note textarea").fill("Knows why")
    page.locator("#picker input").fill(str(ids[1]))
    page.locator("#picker input").press("Enter")
    expect(page.locator("#application h2")).to_have_text(f"Applicant {ids[1]}")
    expect(page.locator("#own-decision input:checked")).to_have_count(0)
    expect(page.locator("#own-note textarea")).to_have_value("")
