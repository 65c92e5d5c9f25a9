"""The running app with a model on the hub: what the page and the endpoints say as versions come, go wrong and go."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest
from gradio_client import Client
from gradio_client.exceptions import AppError
from playwright.sync_api import Browser, Page, expect

from scoring import errors
from scoring.interface.header import trouble_in_words
from scoring.serving.settings import DEMO_APPLICANTS
from scoring.words.language import LANGUAGES
from scoring.words.wording import text
from tests.hub.published import MODEL, SMALL, artifact_folder, put_model
from tests.hub.server import Hub
from tests.interface.pages import new_page
from tests.waiting import until

pytestmark = pytest.mark.browser

# The cadence of the tests below: a newer version is noticed within a second.
OFTEN = "0.015"

RunApp = Callable[..., AbstractContextManager[str]]


@pytest.fixture
def hub_app(run_app: RunApp, hub: Hub, tmp_path: Path) -> RunApp:
    """Starts the app on the hub's model, with a cache of the test's own."""
    settings = {
        "MODEL_REPO": MODEL,
        "HF_ENDPOINT": hub.url,
        "HF_TOKEN": hub.reader,
        "HF_HOME": str(tmp_path / "home"),
        "APPLICANTS": str(DEMO_APPLICANTS),
        "MODEL_REFRESH_MINUTES": OFTEN,
    }
    return lambda **changed: run_app(tmp_path / "log", **(settings | changed))


@contextmanager
def opened(browser: Browser, url: str, language: str = "en") -> Iterator[Page]:
    with new_page(browser, f"{language}-{language.upper()}") as page:
        page.goto(url)
        yield page


def revision(client: Client) -> str:
    return client.predict(api_name="/model")["revision"]


def test_versions_come_go_wrong_and_go_under_load(hub_app, hub, browser, tmp_path, some_ids):
    first = put_model(hub, SMALL)
    with hub_app() as url, opened(browser, f"{url}?applicant={some_ids[0]}") as page:
        title, trouble = page.locator(".cs-title"), page.locator(".cs-trouble")
        expect(title).to_contain_text(first)
        expect(page.locator("#application h2")).to_contain_text(str(some_ids[0]))
        client, seen, going = Client(url, verbose=False), [], [True]

        def ask() -> None:
            while going:
                answer = client.predict(some_ids[0], {}, "en", api_name="/score")
                seen.append((answer["model"]["revision"], answer["model"]["version"]))

        with ThreadPoolExecutor(1) as pool:
            asked = pool.submit(ask)
            try:
                until(lambda: len(seen) > 2)
                second = put_model(hub, artifact_folder(tmp_path / "second", "second", SMALL))
                until(lambda: seen[-1] == (second, "second"))
            finally:
                going.clear()
            asked.result()
        assert set(seen) == {(first, "tiny-4"), (second, "second")}

        page.get_by_role("tab", name=text("screen.tab.explanation", "en")).click()
        expect(title).to_contain_text(second)
        expect(page.locator("#problem")).to_contain_text(text("screen.model_changed", "en"))
        expect(page.locator("#waterfall svg")).to_be_visible()

        hub.repo(MODEL).commit({"model.pkl": b"\x80"})
        until(lambda: "model.pkl" in (tmp_path / "log").read_text())
        page.get_by_role("tab", name=text("screen.tab.reasons", "en")).click()
        expect(trouble).to_contain_text("files that have no place beside a model")
        expect(trouble).to_contain_text("Version second, the last one that was verified, remains in service")
        assert revision(client) == second

        hub.repo(MODEL).branches["main"] = first
        until(lambda: revision(client) == first)
        page.get_by_role("tab", name=text("screen.tab.population", "en")).click()
        expect(title).to_contain_text(first)
        expect(trouble).to_have_count(0)
        expect(page.locator("#plot-0 svg")).to_be_visible()


def test_what_was_decided_or_clicked_for_an_older_model_does_not_count_for_the_newer(
    hub_app, hub, browser, tmp_path, helped
):
    put_model(hub)
    applicant_id, plan = helped
    name, value = next(iter(plan.changes.items()))
    with hub_app() as url, opened(browser, f"{url}?applicant={applicant_id}") as page:
        client = Client(url, verbose=False)
        decided, reason = page.locator("#own-decision input:checked"), page.locator("#own-note textarea")
        page.get_by_role("tab", name=text("screen.tab.record", "en")).click()
        page.locator("#own-decision label").first.click()
        expect(decided).to_have_count(1)
        reason.fill("Knows why")
        second = put_model(hub, artifact_folder(tmp_path / "second", "second"))
        until(lambda: revision(client) == second)
        page.locator("#record-decision").click()
        expect(page.locator("#problem")).to_contain_text(text("screen.model_changed", "en"))
        expect(page.locator("#record")).to_contain_text(text("case.choose_outcome", "en"))
        expect(decided).to_have_count(0)
        expect(reason).to_have_value("Knows why")

        page.get_by_role("tab", name=text("screen.tab.what_if", "en")).click()
        suggestion, entry = page.locator("#plan-0"), page.locator(f"#entry-{name} input")
        expect(suggestion).to_be_visible()
        before = entry.input_value()
        third = put_model(hub, artifact_folder(tmp_path / "third", "third"))
        until(lambda: revision(client) == third)
        suggestion.click()
        expect(page.locator(".cs-title")).to_contain_text(third)
        expect(entry).to_have_value(before)
        suggestion.click()
        expect(entry).to_have_value(f"{value:,.0f}")


def test_a_reviewer_with_nobody_chosen_sees_the_newer_version_too(hub_app, hub, browser, tmp_path):
    put_model(hub, SMALL)
    with hub_app() as url, opened(browser, f"{url}?tab=model&language=en") as page:
        client, version = Client(url, verbose=False), page.locator("#model-version")
        expect(version).to_be_visible()
        second = put_model(hub, artifact_folder(tmp_path / "second", "second", SMALL))
        until(lambda: revision(client) == second)
        page.locator("#cost-ratio input[type=number]").fill("5")
        page.locator("#cost-ratio input[type=number]").press("Enter")
        expect(version).to_contain_text(second)
        expect(page.locator("#model-card")).to_be_visible()
        expect(page.locator("#problem")).to_contain_text(text("screen.model_changed", "en"))


def test_without_hub_and_cache_the_page_says_so_in_both_languages_and_recovers(
    hub_app, hub, browser, tmp_path, some_ids
):
    commit = put_model(hub, SMALL)
    fault = hub.fail("refuse", "", times=-1)
    with hub_app() as url:
        for language, told in (("en", "Check that it is up"), ("fr", "Vérifiez qu'il fonctionne")):
            with opened(browser, url, language) as page:
                expect(page.locator(".cs-trouble")).to_contain_text(told)
                expect(page.locator(".cs-trouble details")).to_contain_text(MODEL)
                expect(page.locator(".cs-title")).not_to_contain_text("demo")
        client = Client(url, verbose=False)
        with pytest.raises(AppError, match="cannot be reached"):
            client.predict(some_ids[0], {}, "en", api_name="/score")
        with opened(browser, url) as page:
            page.locator("#new-application").click()
            expect(page.get_by_role("alert")).to_contain_text("cannot be reached")
            hub.faults.remove(fault)
            until(lambda: f"commit {commit}" in (tmp_path / "log").read_text())
            page.reload()
            expect(page.locator(".cs-title")).to_contain_text(commit)
            expect(page.locator(".cs-trouble")).to_have_count(0)
            page.locator("#picker input").fill(str(some_ids[0]))
            page.locator("#picker input").press("Enter")
            expect(page.locator("#application .cs-decision")).to_be_visible()
        assert client.predict(some_ids[0], {}, "en", api_name="/score")["model"]["revision"] == commit


def test_a_start_without_the_hub_serves_the_verified_version_with_a_notice(hub_app, hub, browser):
    commit = put_model(hub, SMALL)
    with hub_app():
        pass
    with hub.down(), hub_app() as url, opened(browser, url) as page:
        expect(page.locator(".cs-title")).to_contain_text(commit)
        expect(page.locator(".cs-trouble")).to_contain_text("The hub cannot be reached")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_kind_of_trouble_has_its_own_words(language):
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, errors.ScoringError)]
    loading = [kind for kind in kinds if kind.__base__ is not errors.ScoringError and kind is not errors.ScoringError]
    told = {kind.__name__: trouble_in_words(kind("why"), language) for kind in loading}
    assert len(set(told.values())) == len(told) >= 12
    assert text("trouble.ScoringError", language) not in told.values()
