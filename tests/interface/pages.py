"""Helpers for tests of the page in a browser: opening it, tabs, entries, and what it should show."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, Request, ViewportSize, expect

from scoring.serving.service import Service, assess, score
from scoring.words.language import Language
from scoring.words.wording import percent, text
from tests.interface.shown import PATIENCE

Opened = Callable[..., Page]
AMOUNT = "#entry-AMT_CREDIT input"
INCOME = "#entry-AMT_INCOME_TOTAL input"
# The impacts in axe-core's findings that keep somebody from using the page.
GRAVE = {"serious", "critical"}
# Other tests share the machine's two cores.
expect.set_options(timeout=PATIENCE)


@contextmanager
def opened_pages(browser: Browser, url: str) -> Iterator[Opened]:
    """Opens pages, each in its own browser context; in the end, none may have logged errors or called another host."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []
    elsewhere: list[str] = []

    # A page that is left drops what it still waits for, and gradio logs each answer that it does not get.
    leaving: set[Page] = set()

    def complain(page: Page, message: object) -> None:
        if page not in leaving:
            complaints.append(str(message))

    def watch(page: Page, request: Request) -> None:
        if request.is_navigation_request():
            leaving.add(page)
        if not request.url.startswith((url, "data:", "blob:")):
            elsewhere.append(request.url)

    def open_page(
        query: str = "", width: int = 1366, height: int = 768, locale: str = "en-GB", scheme: str = "light"
    ) -> Page:
        size: ViewportSize = {"width": width, "height": height}
        # Without animations a page takes a fifth less of the processor.
        context = browser.new_context(
            viewport=size,
            locale=locale,
            color_scheme=scheme,
            reduced_motion="reduce",  # type: ignore[arg-type]
        )
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: complain(page, message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: complain(page, error))
        page.on("request", lambda request: watch(page, request))
        page.on("domcontentloaded", lambda: leaving.discard(page))
        page.goto(f"{url}/{query}")
        expect(page.locator("#application .cs")).to_be_visible(timeout=PATIENCE)
        return page

    yield open_page
    leaving.update(page for context in contexts for page in context.pages)
    for context in contexts:
        context.close()
    assert not complaints, complaints
    assert not elsewhere, elsewhere


def tab(page: Page, name: str, language: Language = "en") -> None:
    page.get_by_role("tab", name=text(f"screen.tab.{name}", language)).click()


def enter(page: Page, entry: str, value: str) -> None:
    """Types into an entry of the form and commits it as a person would, once it shows the value on file."""
    expect(page.locator(entry)).not_to_have_value("")
    commit(page, entry, value)


def commit(page: Page, entry: str, value: str) -> None:
    """Types into an entry of the form, and presses Enter."""
    page.locator(entry).fill(value)
    page.locator(entry).press("Enter")


def shown_probability(service: Service, applicant_id: int, changes: dict, language: Language = "en") -> str:
    return percent(score(service, assess(service, applicant_id, changes, language)).probability, language)


def grave(page: Page) -> list[str]:
    """Findings that are serious or worse, each with the first elements concerned."""
    found = Axe().run(page).response["violations"]
    return [
        f"{one['id']} ({one['impact']}): {[node['html'][:160] for node in one['nodes'][:3]]}"
        for one in found
        if one["impact"] in GRAVE
    ]
