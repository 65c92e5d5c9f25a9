"""The form in a browser: edits, wrong entries, a new application, and suggestions that a click enters."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from scoring.answers.applicant import Plan
from scoring.documents.plans import beside_band, follows
from scoring.serving.service import Service, assess, score
from scoring.words.wording import text
from tests.interface.pages import AMOUNT, INCOME, Opened, commit, enter, shown_probability, tab

pytestmark = pytest.mark.browser


def test_an_edit_changes_the_score_at_once_and_reset_takes_it_back(opened: Opened, service: Service, ids: tuple):
    page, applicant = opened(f"?applicant={ids[0]}"), ids[0]
    tab(page, "what_if")
    sides = page.locator("#result .cs-side b")
    on_file = shown_probability(service, applicant, {})
    expect(sides).to_have_text([on_file, on_file])
    amount = page.locator(AMOUNT)
    before = amount.input_value()
    commit(page, AMOUNT, "1234567")
    changed = shown_probability(service, applicant, {"AMT_CREDIT": 1_234_567})
    expect(sides).to_have_text([on_file, changed])
    expect(page.locator("#result table")).to_contain_text("1,234,567")
    expect(page.locator("#application .cs-changed")).to_contain_text("Amount of the loan")
    tab(page, "reasons")
    expect(page.locator("#application .cs-probability b")).to_have_text(changed)
    tab(page, "what_if")
    page.locator("#reset").click()
    expect(amount).to_have_value(before)
    expect(sides).to_have_text([on_file, on_file])
    expect(page.locator("#application .cs-changed")).to_have_count(0)


def test_what_is_opened_while_the_form_is_being_reset_is_of_the_file(opened: Opened, service: Service, ids: tuple):
    page, applicant = opened(f"?applicant={ids[0]}"), ids[0]
    tab(page, "what_if")
    enter(page, AMOUNT, "1234567")
    expect(page.locator("#result table")).to_contain_text("1,234,567")
    # Faster than any answer: what the page hands over with the second click still holds the edit.
    page.evaluate(
        "() => { document.querySelector('#reset').click(); document.querySelectorAll('[role=tab]')[0].click(); }"
    )
    on_file = shown_probability(service, applicant, {})
    expect(page.locator("#application .cs-probability b")).to_have_text(on_file)
    expect(page.locator("#application .cs-changed")).to_have_count(0)
    tab(page, "record")
    expect(page.locator("#own-decision")).to_be_visible()
    expect(page.locator("#application .cs-changed")).to_have_count(0)


# Before any script of the page: what is sent right after `slow` is set takes a second longer than all else.
SLOW_LINE = """
const send = window.fetch;
window.fetch = async (...call) => {
  const wait = window.slow && String(call[0].url ?? call[0]).includes("/queue/join");
  if (wait) { window.slow = false; await new Promise((done) => setTimeout(done, 1000)); }
  return send(...call);
};
"""


def test_what_was_clicked_first_is_answered_first_even_if_its_request_is_slower(
    browser: Browser, app_url: str, service: Service, ids: tuple
):
    context = browser.new_context(viewport={"width": 1366, "height": 768}, locale="en-GB")
    context.add_init_script(SLOW_LINE)
    page = context.new_page()
    page.goto(f"{app_url}/?applicant={ids[0]}&tab=what_if")
    enter(page, AMOUNT, "1234567")
    expect(page.locator("#result table")).to_contain_text("1,234,567")
    page.evaluate(
        "() => { window.slow = true; document.querySelector('#reset').click(); "
        "document.querySelectorAll('[role=tab]')[0].click(); }"
    )
    on_file = shown_probability(service, ids[0], {})
    expect(page.locator("#application .cs-probability b")).to_have_text(on_file)
    expect(page.locator("#application .cs-changed")).to_have_count(0)
    context.close()


def test_the_term_that_follows_from_an_edit_stands_beside_it(opened: Opened, service: Service, ids: tuple):
    page = opened(f"?applicant={ids[0]}")
    tab(page, "what_if")
    follows, facts = page.locator("#result .cs-follows"), page.locator("#application .cs-facts dd")
    expect(page.locator("#result .cs-sides")).to_be_visible()
    on_file = facts.last.inner_text()
    # A smaller loan at the same instalment is repaid sooner, which may cost more interest: seen, it surprises nobody.
    amount = float(page.locator(AMOUNT).input_value().replace(",", ""))
    enter(page, AMOUNT, f"{0.6 * amount:.0f}")
    labels = ["Likely term of the loan", "Likely yearly interest of the loan", "Repaid in all"]
    expect(follows.locator("th")).to_have_text(labels)
    expect(follows.first.locator("td").first).to_have_text(on_file)
    expect(follows.first.locator("td").last).to_have_text(facts.last.inner_text())
    expect(page.locator("#result .cs-price")).to_contain_text("interest in all")
    page.locator("#reset").click()
    expect(follows).to_have_count(0)


def test_years_and_levels_are_edited_in_words(opened: Opened, service: Service, ids: tuple):
    page, applicant = opened(f"?applicant={ids[0]}"), ids[0]
    tab(page, "what_if")
    commit(page, "#entry-DAYS_BIRTH input", "50")
    page.locator("#entry-NAME_EDUCATION_TYPE input").click()
    page.get_by_role("option", name="Doctorate or academic degree").click()
    changes = {"DAYS_BIRTH": -18_262, "NAME_EDUCATION_TYPE": "Academic degree"}
    expect(page.locator("#result .cs-side b").nth(1)).to_have_text(shown_probability(service, applicant, changes))
    expect(page.locator("#result table")).to_contain_text("50 years")


def test_a_bad_entry_is_explained_and_keeps_the_last_good_result(opened: Opened, service: Service, ids: tuple):
    page, applicant = opened(f"?applicant={ids[0]}"), ids[0]
    tab(page, "what_if")
    result = page.locator("#result .cs-side b").nth(1)
    enter(page, INCOME, "90,000")
    good = shown_probability(service, applicant, {"AMT_INCOME_TOTAL": 90_000})
    expect(result).to_have_text(good)
    enter(page, AMOUNT, "-5")
    problem = page.locator("#entry-problem [role=alert]")
    told = "Amount of the loan: \u22125 is not allowed. Enter 1 to 1,000,000,000."
    expect(problem).to_contain_text(told)
    expect(page.locator("#entry-AMT_CREDIT")).to_have_attribute("data-problem", told)
    expect(page.locator(AMOUNT)).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#result")).to_have_css("opacity", "0.4")
    expect(result).to_have_text(good)
    tab(page, "reasons")
    expect(page.locator("#application .cs-probability b")).to_have_text(good)
    tab(page, "what_if")
    enter(page, AMOUNT, "500000")
    both = shown_probability(service, applicant, {"AMT_INCOME_TOTAL": 90_000, "AMT_CREDIT": 500_000})
    expect(result).to_have_text(both)
    expect(problem).to_have_count(0)
    expect(page.locator("#result")).to_have_css("opacity", "1")
    expect(page.locator(AMOUNT)).to_have_attribute("aria-invalid", "false")


def test_a_new_application_says_what_it_still_needs_and_then_decides(opened: Opened, ids: tuple):
    page = opened(f"?applicant={ids[0]}")
    page.locator("#new-application").click()
    expect(page.locator("#application h2")).to_have_text("New application")
    expect(page.locator("#entry-problem")).to_contain_text("Still needed for a decision: ")
    expect(page.locator("#result .cs-side")).to_have_count(0)
    filled = {AMOUNT: "450000", "#entry-AMT_ANNUITY input": "25000", INCOME: "180000", "#entry-DAYS_BIRTH input": "40"}
    for place, value in filled.items():
        expect(page.locator(place)).to_have_value("")
        commit(page, place, value)
    expect(page.locator("#result .cs-side")).to_have_count(1)
    expect(page.locator("#entry-problem .cs-notice")).to_have_count(0)
    tab(page, "population")
    expect(page.locator("#plot-2 svg")).to_be_visible()


def test_a_suggestion_is_applied_with_a_click(opened: Opened, service: Service, helped: tuple[int, Plan]):
    applicant_id, plan = helped
    band = score(service, assess(service, applicant_id, {}, "en")).referral_band
    page = opened(f"?applicant={applicant_id}")
    tab(page, "what_if")
    expect(page.locator("#plan-card-0")).to_contain_text(follows(plan, band, "en"))
    expect(page.locator("#plan-0")).to_have_text(text("plan.apply", "en"))
    page.locator("#plan-0").click()
    expect(page.locator("#result .cs-side b").nth(1)).to_have_text(beside_band(plan.probability, band, "en"))
    expect(page.locator("#result .cs-side .cs-decision").nth(1)).to_have_text(text("decision.approve", "en"))
    for name, value in plan.changes.items():
        expect(page.locator(f"#entry-{name} input")).to_have_value(f"{value:,.0f}")
    expect(page.locator("#suggestions")).to_contain_text(text("screen.no_change_needed", "en"))
    expect(page.locator("#plan-0")).to_have_count(0)


def test_a_half_typed_number_is_not_scored_and_the_result_is_greyed(opened: Opened, service: Service, ids: tuple):
    page = opened(f"?applicant={ids[0]}&tab=what_if")
    result, amount = page.locator("#result .cs-side b").nth(1), page.locator(AMOUNT)
    before = shown_probability(service, ids[0], {})
    expect(result).to_have_text(before)
    amount.click()
    amount.press("End")
    amount.press_sequentially("99")
    expect(page.locator("#result")).to_have_css("opacity", "0.4")
    # Long enough for an answer, if there were any.
    page.wait_for_timeout(1500)
    expect(result).to_have_text(before)
    expect(page.locator("#entry-problem .cs-notice")).to_have_count(0)
    amount.press("Backspace")
    amount.press("Backspace")
    expect(page.locator("#result")).to_have_css("opacity", "1")


@pytest.mark.parametrize(
    ("language", "typed", "shown", "value"),
    [
        ("en", "1,234,567", "1,234,567", 1_234_567),
        ("en", "32 836,50", "32,836.50", 32_836.5),
        ("fr", "32836,5", "32\u202f836,50", 32_836.5),
        ("fr", "1\u00a0234\u00a0567", "1\u202f234\u202f567", 1_234_567),
        ("fr", "32,836.50", "32\u202f836,50", 32_836.5),
    ],
)
def test_numbers_are_read_and_shown_as_readers_write_them(
    opened: Opened, service: Service, ids: tuple, language: str, typed: str, shown: str, value: float
):
    page = opened(f"?applicant={ids[0]}&tab=what_if&language={language}")
    enter(page, AMOUNT, typed)
    expect(page.locator(AMOUNT)).to_have_value(shown)
    told = shown_probability(service, ids[0], {"AMT_CREDIT": value}, language)
    expect(page.locator("#result .cs-side b").nth(1)).to_have_text(told)


def test_the_other_language_writes_the_form_s_numbers_its_way(opened: Opened, ids: tuple):
    page = opened(f"?applicant={ids[0]}&tab=what_if&language=en")
    amount = page.locator("#entry-AMT_CREDIT")
    expect(amount).to_have_attribute("title", "What is lent")
    enter(page, AMOUNT, "32836.5")
    enter(page, INCOME, "many")
    expect(page.locator("#entry-problem")).to_contain_text("“many” is not a number")
    page.get_by_text("Français").click()
    expect(page.locator(AMOUNT)).to_have_value("32\u202f836,50")
    expect(page.locator(INCOME)).to_have_value("many")
    expect(page.locator("#entry-problem")).to_contain_text("n'est pas un nombre")
    expect(amount).to_have_attribute("title", "Ce qui est prêté")
    expect(amount.locator("input")).to_have_attribute("aria-description", "Ce qui est prêté")


def test_scenarios_are_kept_side_by_side_opened_and_dropped(opened: Opened, service: Service, ids: tuple):
    page = opened(f"?applicant={ids[0]}&tab=what_if")
    keep, columns = page.get_by_role("button", name="Keep as a scenario"), page.locator("#scenarios thead th")
    for place, amount in enumerate(("300,000", "400,000", "500,000")):
        enter(page, AMOUNT, amount)
        keep.click()
        expect(columns).to_have_count(place + 1)
    expect(page.locator("#scenarios")).to_contain_text("3 scenarios are kept")
    told = [shown_probability(service, ids[0], {"AMT_CREDIT": each}) for each in (300_000, 400_000, 500_000)]
    expect(page.locator("#scenarios td b")).to_have_text(told)
    page.get_by_role("button", name="Open: Scenario A").click()
    expect(page.locator(AMOUNT)).to_have_value("300,000")
    page.get_by_role("button", name="Drop: Scenario B").click()
    expect(page.locator("#scenarios td b")).to_have_text([told[0], told[2]])
