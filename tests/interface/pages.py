"""Helpers for tests of the page in a browser: opening it, tabs, entries, and what it should show."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any, Literal
from urllib.parse import urljoin

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Request, expect

from scoring.serving.service import Service, assess, score
from scoring.words.language import Language
from scoring.words.wording import percent, text
from tests.interface.shown import PATIENCE

Opened = Callable[..., Page]
Scheme = Literal["light", "dark"]
AMOUNT = "#entry-AMT_CREDIT input"
INCOME = "#entry-AMT_INCOME_TOTAL input"
# The impacts in axe-core's findings that keep somebody from using the page.
GRAVE = {"serious", "critical"}
# A page that is left drops what it still waits for, and gradio logs each answer that it does not get.
DROPPED = ("AbortError: ", "Unexpected error Connection errored out")
# Other tests share the machine's two cores.
expect.set_options(timeout=PATIENCE)


# Pages that no test has open, by the browser's language.
RESTING: defaultdict[str, list[Page]] = defaultdict(list)


@contextmanager
def new_page(
    browser: Browser, locale: str = "en-GB", width: int = 1366, height: int = 768, scheme: Scheme = "light"
) -> Iterator[Page]:
    """A page in a browser context of its own, without cookies or storage.

    It is one that an earlier test has left, if there is any: to load the app there takes half the processor time.
    """
    page = RESTING[locale].pop() if RESTING[locale] else _in_new_context(browser, locale)
    page.set_viewport_size({"width": width, "height": height})
    page.emulate_media(media="screen", color_scheme=scheme)
    yield page
    # Still within the app, so that the next one runs in the same renderer; and all that this one logs is logged.
    page.goto(urljoin(page.url, "/health"))
    page.evaluate("() => { localStorage.clear(); sessionStorage.clear(); }")
    page.context.clear_cookies()
    RESTING[locale].append(page)


def _in_new_context(browser: Browser, locale: str) -> Page:
    # Without animations a page takes a fifth less of the processor.
    context = browser.new_context(locale=locale, reduced_motion="reduce")
    context.set_default_timeout(PATIENCE)
    return context.new_page()


@contextmanager
def opened_pages(browser: Browser, url: str) -> Iterator[Opened]:
    """Opens pages, each in its own browser context; in the end, none may have logged errors or called another host."""
    complaints: list[str] = []
    elsewhere: list[str] = []
    leaving: set[Page] = set()

    def complain(page: Page, message: object) -> None:
        if page not in leaving:
            complaints.append(str(message))

    def watch(page: Page, request: Request) -> None:
        if request.is_navigation_request():
            leaving.add(page)
            # The page may have logged it before the browser makes this request.
            complaints[:] = [one for one in complaints if not one.startswith(DROPPED)]
        if not request.url.startswith((url, "data:", "blob:")):
            elsewhere.append(request.url)

    with ExitStack() as pages:

        def open_page(
            query: str = "", width: int = 1366, height: int = 768, locale: str = "en-GB", scheme: Scheme = "light"
        ) -> Page:
            page = pages.enter_context(new_page(browser, locale, width, height, scheme))
            heard: dict[Any, Callable[..., None]] = {
                "console": lambda message: complain(page, message.text) if message.type == "error" else None,
                "pageerror": lambda error: complain(page, error),
                "request": lambda request: watch(page, request),
                "domcontentloaded": lambda _: leaving.discard(page),
            }
            for event, handler in heard.items():
                page.on(event, handler)
                pages.callback(page.remove_listener, event, handler)
            page.goto(f"{url}/{query}")
            # The case, or a page without one.
            filled = "#application .cs:visible, #model-page .cs:visible, #portfolio-page .cs:visible"
            expect(page.locator(filled).first).to_be_visible()
            return page

        yield open_page
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
