"""Applicants at the edges of what can be on file look right, on every tab and in both languages."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from scoring.applicants.store import open_applicants
from scoring.artifact.load import Artifact
from scoring.interface.screen import TABS
from scoring.schema.fields import fields
from scoring.serving.service import Service, assess, score
from scoring.words.language import LANGUAGES, Language
from scoring.words.wording import text
from tests.interface.pages import opened_pages
from tests.interface.shown import PATIENCE, SHOWS
from tests.interface.unusual_applicants import LARGEST_INCOME, UNUSUAL, unseen_level, write_unusual_applicants

pytestmark = pytest.mark.browser

# What a page says when a value slipped through that nobody put into words; raw column names among them.
UNWORDED = re.compile(r"\b(nan|None|null|undefined|inf|NaN)\b|[A-Z]{3,}_[A-Z_]+|\{\w+\}")
WIDTHS = (1366, 360)
# The other one is about the model, whoever is shown.


@pytest.fixture(scope="module")
def unusual_file(artifact: Artifact, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_unusual_applicants(artifact, tmp_path_factory.mktemp("unusual") / "applicants.parquet")


@pytest.fixture(scope="module")
def unusual_service(artifact: Artifact, unusual_file: Path) -> Service:
    return Service(artifact, open_applicants(unusual_file, artifact.history_names))


@pytest.fixture(scope="module")
def unusual_url(run_app, unusual_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with run_app(tmp_path_factory.mktemp("unusual-app") / "log", APPLICANTS=str(unusual_file)) as url:
        yield url


@pytest.fixture
def opened(browser: Browser, unusual_url: str) -> Iterator[Callable[[str, Language, int], Page]]:
    """Opens the page of an unusual applicant by name, in a language and a width."""
    with opened_pages(browser, unusual_url) as open_page:

        def open_applicant(name: str, language: Language, width: int) -> Page:
            page = open_page(f"?applicant={UNUSUAL[name]}&language={language}", width)
            expect(page.locator("#reasons .cs-reasons")).to_be_visible()
            return page

        yield open_applicant


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", UNUSUAL)
def test_every_tab_is_in_words_and_fits_the_window(opened, name: str, language: Language):
    page = opened(name, language, WIDTHS[0])
    for tab in TABS:
        page.get_by_role("tab", name=text(f"screen.tab.{tab}", language)).click()
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 768})
            expect(page.locator(SHOWS[tab]).first).to_be_visible(timeout=PATIENCE)
            assert page.evaluate("document.documentElement.scrollWidth") <= width, tab
            told = page.locator("main").inner_text()
            assert not UNWORDED.search(told), (tab, UNWORDED.search(told))


def test_the_edge_is_refused_and_its_scale_tells_it_apart_from_the_band(opened, unusual_service: Service):
    found = score(unusual_service, assess(unusual_service, UNUSUAL["edge"], {}, "en"))
    assert found.decision == "refuse"
    assert f"{found.probability:.3f}" == f"{found.referral_band[1]:.3f}"
    page = opened("edge", "en", 1366)
    own = page.locator("#application .cs-probability b").inner_text()
    refused = page.locator("#application .cs-keys li").last.inner_text()
    assert own not in refused
    assert float(own.strip("%")) > float(re.search(r"[\d.]+", refused)[0])


def test_nothing_known_says_so(opened):
    page = opened("nothing_known", "en", 1366)
    expect(page.locator("#application")).to_contain_text("116 of 120 fields missing")
    expect(page.locator("#application .cs-unknown")).to_have_text(text("bar.too_little", "en"))
    expect(page.locator("#application .cs-change li")).not_to_have_count(0)
    expect(page.locator("#reasons .cs-warnings")).to_contain_text("No credit history is on file")


def test_no_history_says_that_the_score_rests_on_the_application(opened):
    page = opened("no_history", "en", 1366)
    expect(page.locator("#reasons .cs-warnings")).to_contain_text("the score rests on the application alone")


def test_levels_that_training_never_saw_are_told_in_the_readers_words(opened, artifact: Artifact):
    name, level = unseen_level(artifact)
    page = opened("longest_labels", "fr", 1366)
    expect(page.locator("#reasons .cs-warnings")).to_contain_text(fields()[name].levels[level]["fr"])
    expect(page.locator("#reasons .cs-warnings")).not_to_contain_text(level)


def test_the_richest_is_said_to_be_beyond_what_was_learnt(opened):
    page = opened("richest", "en", 1366)
    expect(page.locator("#application .cs-outside")).to_contain_text("outside what the model knows")
    page.get_by_role("tab", name="What if").click()
    expect(page.locator("#entry-AMT_INCOME_TOTAL input")).to_have_value(f"{LARGEST_INCOME:,.0f}", timeout=PATIENCE)
