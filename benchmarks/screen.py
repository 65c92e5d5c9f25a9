"""`python -m benchmarks.screen`: the cost of a page refresh relative to its figures, and waiting times in a browser."""

from __future__ import annotations

import os
import shutil
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import cycle
from statistics import median

import gradio as gr
import httpx
from playwright.sync_api import Page, sync_playwright

from benchmarks.app import first_answer, running_app
from benchmarks.demo import demo_service
from benchmarks.timing import medians
from scoring.assessment.comparison import compare
from scoring.assessment.scatter import scatter
from scoring.cases.policy import read_policy
from scoring.charts import (
    comparison_figure,
    scatter_figure,
    theme_waterfall,
    to_svg,
    waterfall,
)
from scoring.interface.case import Case, fresh_case
from scoring.interface.drawings import LATELY_DRAWN
from scoring.interface.population_tab import main_characteristics, main_pair
from scoring.interface.screen import TABS, Screen
from scoring.serving.live import State
from scoring.serving.service import Service
from scoring.serving.settings import DEMO_POLICY
from scoring.words.wording import text

ROUNDS = 40
SEEN = 10
# Milliseconds between two actions; an adviser is slower still.
REST = 400
# The element that appears on each tab once it is drawn.
DRAWN = {"explanation": "#theme-waterfall svg", "population": "#scatter svg"}
LONGEST_WAIT = 30_000
# Measures from the last click or key to the frame in which the element appears, with the words or as a new node.
# Fails after the number of milliseconds in the last argument.
WATCH = """([selector, words, longest]) => {
  window.painted = new Promise((done, fail) => {
    setTimeout(() => fail(`no ${selector} ${words}`), longest);
    const before = new Set(document.querySelectorAll(selector));
    let start = null;
    for (const kind of ["click", "input", "keydown"])
      document.addEventListener(kind, event => { start = event.timeStamp; }, {capture: true});
    const there = () => [...document.querySelectorAll(selector)].some(element =>
      (words || !before.has(element)) && element.getClientRects().length && element.textContent.includes(words));
    const watch = new MutationObserver(() => {
      if (start === null || !there()) return;
      watch.disconnect();
      requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now() - start)));
    });
    watch.observe(document.body, {subtree: true, childList: true, attributes: true, characterData: true});
  });
}"""


def _cases(service: Service) -> list[Case]:
    """Approved, referred and refused applicants on file, with their amount lowered by a tenth."""
    assert service.applicants is not None
    found = []
    for applicant_id in service.applicants.ids[:ROUNDS].tolist():
        case = fresh_case(service, applicant_id, "en")
        amount = case.applicant.raw["AMT_CREDIT"]
        assert isinstance(amount, (int, float))
        found.append(Case(service, "en", case.applicant, {"AMT_CREDIT": round(0.9 * amount)}))
    return found


def _anew(cases: Iterator[Case]) -> Case:
    """The next case with nothing computed yet."""
    case = next(cases)
    return Case(case.service, case.language, case.applicant, case.changes)


def _figures(case: Case) -> dict[str, list[Callable[[], str]]]:
    """Draws the figures of all tabs from precomputed answers."""
    explanation, service, assessment = case.explanation, case.service, case.assessment
    answers = [compare(service.artifact, assessment, name, "accepted") for name in main_characteristics(case)]
    pair = scatter(service.artifact, assessment, *main_pair(case), "accepted")
    return {
        "explanation": [
            lambda: to_svg(waterfall(explanation, "en")),
            lambda: to_svg(theme_waterfall(explanation, explanation.themes[0].theme, "en")),
        ],
        "population": [
            *(lambda answer=answer: to_svg(comparison_figure(answer, "en")) for answer in answers),
            lambda: to_svg(scatter_figure(pair, "en")),
        ],
    }


def refresh(service: Service) -> list[str]:
    """The server's work for a tab after an edit, relative to its figures alone if it has any."""
    with gr.Blocks():
        screen = Screen(State(service, {}), read_policy(DEMO_POLICY))
    cases = _cases(service)
    bare = {tab: cycle([figures[tab] for figures in map(_figures, cases)]) for tab in DRAWN}
    fresh = {tab: cycle(cases) for tab in TABS}

    def whole(tab: str) -> None:
        LATELY_DRAWN.clear()
        screen.refresh(_anew(fresh[tab]), tab)

    contenders: dict[str, Callable[[], object]] = {tab: partial(whole, tab) for tab in TABS}
    contenders |= {
        f"bare {tab}": lambda tab=tab: [draw() for draw in next(bare[tab])]  # type: ignore[misc]
        for tab in DRAWN
    }
    taken = medians(contenders, ROUNDS)
    lines = []
    for tab in TABS:
        ratio = f", {taken[tab] / taken[f'bare {tab}']:.2f} times its figures alone" if tab in DRAWN else ""
        lines.append(f"refresh, {tab}: {1e3 * taken[tab]:.0f} ms{ratio}")
    return [*lines, _after_edit(screen, cases)]


def _after_edit(screen: Screen, cases: Sequence[Case]) -> str:
    """The population tab if the applicant was drawn before the edit, so that what the edit leaves alone is cached."""
    for case in cases:
        screen.refresh(Case(case.service, case.language, case.applicant, {}), "population")
    edited = cycle(cases)
    taken = medians({"population": lambda: screen.refresh(_anew(edited), "population")}, ROUNDS - 1)["population"]
    return f"refresh, population, drawn before the edit: {1e3 * taken:.0f} ms"


def in_browser(ids: Sequence[int]) -> list[str]:
    """An adviser's waiting times, from a click or key until the answer is painted."""
    program = os.environ.get("CHROMIUM") or shutil.which("chromium")
    taken: dict[str, list[float]] = defaultdict(list)
    with running_app() as (address, _), sync_playwright() as driver:
        with httpx.Client(base_url=address) as client:
            first_answer(client)
        browser = driver.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(viewport={"width": 1366, "height": 768})
        page.set_default_timeout(LONGEST_WAIT)
        page.goto(f"{address.removesuffix('/gradio_api/call')}/?language=en")
        page.locator(".cs-examples").wait_for()
        for applicant_id in ids:
            name = text("screen.applicant", "en", id=applicant_id)
            taken["another applicant"].append(_painted(page, "#application h2", name, partial(_pick, applicant_id)))
            for when in (", first", " after an edit"):
                for tab, shows in DRAWN.items():
                    taken[tab + when].append(_painted(page, shows, "", partial(_open, tab)))
                _open("what_if", page)
                page.locator("#result .cs-sides").wait_for()
                page.wait_for_timeout(REST)
                for kind in ("edit after other tabs", "edit"):
                    amount = 200_000 + 1000 * (len(taken["edit"]) + len(taken["edit after other tabs"]))
                    taken[kind].append(_painted(page, "#result td", f"{amount:,}", partial(_enter, amount)))
            _open(TABS[0], page)
            page.locator("#reasons .cs-reasons").wait_for()
        browser.close()
    # For the first applicant, neither server nor browser have drawn anything yet.
    return [f"in the browser, {what}: {median(waits[1:]):.0f} ms" for what, waits in taken.items()]


def _painted(page: Page, selector: str, words: str, act: Callable[[Page], None]) -> float:
    """Milliseconds from an action until an element with these words is painted."""
    page.evaluate(WATCH, [selector, words, LONGEST_WAIT])
    act(page)
    waited = float(page.evaluate("window.painted"))
    page.wait_for_timeout(REST)
    return waited


def _pick(applicant_id: int, page: Page) -> None:
    page.locator("#picker input").fill(str(applicant_id))
    page.locator("#picker input").press("Enter")


def _open(name: str, page: Page) -> None:
    page.get_by_role("tab", name=text(f"screen.tab.{name}", "en")).click()


def _enter(amount: int, page: Page) -> None:
    page.locator("#entry-AMT_CREDIT input").fill(str(amount))
    page.locator("#entry-AMT_CREDIT input").press("Enter")


def main() -> int:
    """Prints the figures as they are measured."""
    service = demo_service()
    assert service.applicants is not None
    for measured in (refresh(service), in_browser(service.applicants.ids[: SEEN + 1].tolist())):
        print("\n".join(measured), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
