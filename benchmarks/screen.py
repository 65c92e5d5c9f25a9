"""`python -m benchmarks.screen`: a refresh of the page over the bare cost of its figures, and what a browser waits."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from itertools import cycle
from statistics import median
from time import perf_counter

import gradio as gr
import httpx
from playwright.sync_api import Page, sync_playwright

from benchmarks.app import first_answer, running_app
from benchmarks.demo import demo_service
from benchmarks.timing import medians
from scoring.charts import (
    comparison_figure,
    scatter_figure,
    theme_waterfall,
    to_svg,
    waterfall,
)
from scoring.comparison import compare
from scoring.interface.case import Case, fresh_case
from scoring.interface.population_tab import main_characteristics, main_pair
from scoring.interface.screen import TABS, Screen
from scoring.scatter import scatter
from scoring.service import Service
from scoring.serving import State
from scoring.wording import text

ROUNDS = 40
EDITS = 20
# What shows on each tab once it is drawn.
DRAWN = {"explanation": "#theme-waterfall svg", "population": "#scatter svg"}
LONGEST_WAIT = 30_000


def _cases(service: Service) -> list[Case]:
    """Applicants on file with their amount lowered by a tenth: approved, referred and refused ones."""
    assert service.applicants is not None
    found = []
    for applicant_id in service.applicants.ids[:ROUNDS].tolist():
        case = fresh_case(service, applicant_id, "en")
        amount = case.applicant.raw["AMT_CREDIT"]
        assert isinstance(amount, (int, float))
        found.append(Case(service, "en", case.applicant, {"AMT_CREDIT": round(0.9 * amount)}))
    return found


def _anew(cases: Iterator[Case]) -> Case:
    """The next case with nothing reckoned yet."""
    case = next(cases)
    return Case(case.service, case.language, case.applicant, case.changes)


def _figures(case: Case) -> dict[str, list[Callable[[], str]]]:
    """The figures of the tabs that have any, drawn from answers that are there already."""
    explanation, service, assessment = case.explanation, case.service, case.assessment
    answers = [compare(service, assessment, name, "accepted") for name in main_characteristics(case)]
    pair = scatter(service, assessment, *main_pair(case), "accepted")
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
    """The server's work for a tab after an edit, over its figures alone where it has any."""
    with gr.Blocks():
        screen = Screen(State(service, {}))
    cases = _cases(service)
    bare = {tab: cycle([figures[tab] for figures in map(_figures, cases)]) for tab in DRAWN}
    fresh = {tab: cycle(cases) for tab in TABS}
    contenders: dict[str, Callable[[], object]] = {
        tab: lambda tab=tab: screen.refresh(_anew(fresh[tab]), tab)  # type: ignore[misc]
        for tab in TABS
    }
    contenders |= {
        f"bare {tab}": lambda tab=tab: [draw() for draw in next(bare[tab])]  # type: ignore[misc]
        for tab in DRAWN
    }
    taken = medians(contenders, ROUNDS)
    told = []
    for tab in TABS:
        ratio = f", {taken[tab] / taken[f'bare {tab}']:.2f} times its figures alone" if tab in DRAWN else ""
        told.append(f"refresh, {tab}: {1e3 * taken[tab]:.0f} ms{ratio}")
    return told


def in_browser(ids: Sequence[int]) -> list[str]:
    """What an adviser waits for: an edit until the decision has changed, and a tab until its last figure is there."""
    program = os.environ.get("CHROMIUM") or shutil.which("chromium")
    with running_app() as (address, _), sync_playwright() as driver:
        with httpx.Client(base_url=address) as client:
            first_answer(client)
        browser = driver.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page()
        page.set_default_timeout(LONGEST_WAIT)
        page.goto(f"{address.removesuffix('/gradio_api/call')}/?applicant={ids[0]}&language=en")
        page.locator("#decision .cs-comment").wait_for()
        taken: dict[str, list[float]] = {"edit": [], "edit after other tabs": [], **{tab: [] for tab in DRAWN}}
        _tab(page, "what_if")
        for place in range(EDITS):
            taken["edit"].append(_edit(page, 200_000 + 10_000 * place))
        for place in range(EDITS):
            for tab, shows in DRAWN.items():
                start = perf_counter()
                _tab(page, tab)
                page.locator(shows).wait_for()
                taken[tab].append(perf_counter() - start)
            _tab(page, "what_if")
            # What those tabs show is taken off the page with it.
            taken["edit after other tabs"].append(_edit(page, 500_000 + 10_000 * place))
        browser.close()
    return [f"in the browser, {what}: {1e3 * median(seconds):.0f} ms" for what, seconds in taken.items()]


def _tab(page: Page, name: str) -> None:
    page.get_by_role("tab", name=text(f"screen.tab.{name}", "en")).click()


def _edit(page: Page, amount: int) -> float:
    """Seconds from an amount typed until the list of changes shows it."""
    page.locator("#result .cs-sides").wait_for()
    start = perf_counter()
    page.locator("#entry-AMT_CREDIT input").fill(str(amount))
    page.locator("#result td", has_text=f"{amount:,}").wait_for()
    return perf_counter() - start


def main() -> int:
    """Prints the figures as they come."""
    service = demo_service()
    assert service.applicants is not None
    for measured in (refresh(service), in_browser(service.applicants.ids[:1].tolist())):
        print("\n".join(measured), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
