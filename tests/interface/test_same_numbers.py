"""Every number on the page is the endpoint's: what an adviser reads is what a program gets."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from gradio_client import Client
from playwright.sync_api import Browser, Locator, Page, expect
from pydantic import TypeAdapter

from scoring.answers.applicant import Explanation, RecourseAnswer, ScoreAnswer
from scoring.answers.population import Comparison, Scatter, Similar
from scoring.charts import comparison_table, scatter_table, theme_waterfall_table, waterfall_table
from scoring.decision.in_words import cost_in_words, points_in_words
from scoring.documents.reasons import beside_usual_in_words, effect_in_words
from scoring.interface.case import fresh_case
from scoring.interface.plan_cards import MOST_SHOWN
from scoring.interface.population_tab import main_characteristics, main_pair
from scoring.markup import Table
from scoring.serving.service import Service, assess
from scoring.words.language import LANGUAGES, Language
from scoring.words.wording import percent, text, value_in_words
from tests.interface.shown import PATIENCE

pytestmark = pytest.mark.browser

AMOUNT = 333_000


@pytest.fixture(scope="module")
def refused(service: Service, some_ids: list[int]) -> int:
    """Somebody refused, with reasons and perhaps plans to show."""
    return next(one for one in some_ids if assess(service, one, {}, "en").decision.outcome == "refuse")


@pytest.fixture(scope="module", params=LANGUAGES)
def language(request: pytest.FixtureRequest) -> Language:
    return request.param


@pytest.fixture(scope="module")
def page(browser: Browser, app_url: str, refused: int, language: Language):
    context = browser.new_context(viewport={"width": 1366, "height": 768})
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    page.goto(f"{app_url}/?applicant={refused}&language={language}")
    expect(page.locator("#reasons .cs-reasons")).to_be_visible(timeout=PATIENCE)
    yield page
    context.close()


def answer(client: Client, kind: Any, endpoint: str, *inputs: object) -> Any:
    """An endpoint's answer, as the dataclass that it was."""
    return TypeAdapter(kind).validate_python(client.predict(*inputs, api_name=endpoint))


def open_tab(page: Page, name: str, language: Language) -> None:
    page.get_by_role("tab", name=text(f"screen.tab.{name}", language)).click()


def read_table(place: Locator) -> list[list[str]]:
    """The cells of a table, row by row."""
    expect(place.locator("tbody tr").first).to_be_attached(timeout=PATIENCE)
    rows = place.locator("tbody tr").all()
    return [[cell.text_content() or "" for cell in row.locator("th, td").all()] for row in rows]


def written(table: Table) -> list[list[str]]:
    return [list(row) for row in table.rows]


def test_the_decision(page: Page, client: Client, refused: int, language: Language):
    score = answer(client, ScoreAnswer, "/score", refused, {}, language)
    bar, tab = page.locator("#application"), page.locator("#reasons")
    expect(bar.locator(".cs-probability b")).to_have_text(percent(score.probability, language))
    expect(bar.locator(".cs-probability")).to_contain_text(points_in_words(score.points, score.score_band, language))
    expect(bar.locator(".cs-threshold")).to_contain_text(percent(score.threshold, language))
    expect(bar.locator(".cs-sure")).to_contain_text(score.how_sure)
    costs = tab.locator(".cs-costs b").all_text_contents()
    expected = (score.expected_cost.approve, score.expected_cost.refuse)
    assert costs == [cost_in_words(cost, score.expected_cost.unit, language) for cost in expected]
    reasons = tab.locator("summary:has(.cs-against)")
    expect(reasons).to_have_count(len(score.reasons))
    for shown, reason in zip(reasons.all(), score.reasons, strict=True):
        expect(shown).to_contain_text(value_in_words(reason.value, reason.unit, language))
        expect(shown).to_contain_text(beside_usual_in_words(reason, language))
        expect(shown).to_contain_text(effect_in_words(reason, score.probability, language))


def test_the_waterfalls(page: Page, client: Client, refused: int, language: Language):
    explanation = answer(client, Explanation, "/explain", refused, {}, language)
    open_tab(page, "explanation", language)
    strongest = explanation.themes[0].theme
    assert read_table(page.locator("#waterfall")) == written(waterfall_table(explanation, language))
    opened = read_table(page.locator("#theme-waterfall"))
    assert opened == written(theme_waterfall_table(explanation, strongest, language))
    assert opened[-1][-1] == percent(explanation.probability, language)


def test_the_population(page: Page, client: Client, service: Service, refused: int, language: Language):
    open_tab(page, "population", language)
    case = fresh_case(service, refused, language)
    for place, name in enumerate(main_characteristics(case)):
        found = answer(client, Comparison, "/compare", refused, {}, language, name, "accepted")
        assert read_table(page.locator(f"#plot-{place}")) == written(comparison_table(found, language))
    pair = answer(client, Scatter, "/scatter", refused, {}, language, *main_pair(case), "accepted")
    assert read_table(page.locator("#scatter")) == written(scatter_table(pair, language))


def test_similar_applicants(page: Page, client: Client, refused: int, language: Language):
    open_tab(page, "population", language)
    similar = answer(client, Similar, "/similar", refused, {}, language)
    rows = read_table(page.locator("#similar"))
    assert [row[0] for row in rows] == [percent(past.likeness, language, 0) for past in similar.applicants]
    assert [row[2] for row in rows] == [percent(past.probability, language) for past in similar.applicants]
    about = [[value_in_words(one, "amount", language) for one in past.about.values()] for past in similar.applicants]
    assert [row[4:] for row in rows] == about


def test_before_and_after_an_edit_and_the_suggestions(page: Page, client: Client, refused: int, language: Language):
    open_tab(page, "what_if", language)
    expect(page.locator("#entry-AMT_CREDIT input")).not_to_have_value("", timeout=PATIENCE)
    page.locator("#entry-AMT_CREDIT input").fill(str(AMOUNT))
    page.locator("#entry-AMT_CREDIT input").press("Enter")
    changes = {"AMT_CREDIT": AMOUNT}
    expect(page.locator("#result td").nth(2)).to_have_text(value_in_words(AMOUNT, "amount", language), timeout=PATIENCE)
    scores = [answer(client, ScoreAnswer, "/score", refused, changed, language) for changed in ({}, changes)]
    shown = page.locator("#result .cs-side .cs-figure-number").all_text_contents()
    assert shown == [percent(score.probability, language) for score in scores]
    found = answer(client, RecourseAnswer, "/recourse", refused, changes, language)
    plans = [found.referral] if found.referral else found.plans[:MOST_SHOWN]
    for place, plan in enumerate(plans):
        expect(page.locator(f"#plan-card-{place}")).to_contain_text(percent(plan.probability, language))
    page.locator("#reset").click()


def test_the_record_tells_the_scores_own_numbers(
    page: Page, app_url: str, client: Client, decidable: Callable[[str], int], language: Language
):
    applicant_id = decidable("refuse")
    page.goto(f"{app_url}/?applicant={applicant_id}&language={language}&tab=record")
    page.locator("#own-decision input").nth(2).check()
    expect(page.locator("#told-reasons input:checked").first).to_be_visible(timeout=PATIENCE)
    page.locator("#own-note textarea").fill("Spoke with the applicant.")
    page.locator("#record-decision").click()
    link = page.locator("#record a").nth(1)
    expect(link).to_be_visible(timeout=PATIENCE)
    with page.expect_download() as download:
        link.click()
    document = download.value.path().read_text(encoding="utf-8")
    score = answer(client, ScoreAnswer, "/score", applicant_id, {}, language)
    for told in (percent(score.probability, language), percent(score.threshold, language), score.comment):
        assert told.replace("'", "&#x27;") in document
    for reason in score.reasons:
        assert value_in_words(reason.value, reason.unit, language) in document
    assert "Spoke with the applicant." in document
