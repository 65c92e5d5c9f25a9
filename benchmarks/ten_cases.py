"""`python -m benchmarks.ten_cases`: what the first view says of ten cases, written to `docs/ten-cases.md`.

Somebody who has never seen the screen should read from it without scrolling what is recommended, how likely, how sure,
the two main reasons on either side, and what would change it. Each case is opened in both languages, in a desk's window
and a phone's; what is not wholly in view is named. All applicants are made up. `PICTURES` names a folder for pictures.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count, product
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import quote

import httpx
import pyarrow.parquet as pq
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

from benchmarks.app import first_answer, running_app
from benchmarks.demo import demo_service
from benchmarks.screens import SETTLED_MS, WINDOWS
from scoring.artifact.manifest import write_json
from scoring.interface.form import form_fields
from scoring.interface.reasons_tab import MAIN
from scoring.lender.roles import APPLICANT_ID, BIRTH, CREDIT, GOODS, INCOME, INSTALMENT
from scoring.serving.service import assess
from scoring.serving.settings import DEMO_APPLICANTS, ROOT
from scoring.words.language import LANGUAGES, Language
from scoring.words.wording import text
from tests.hub.published import MODEL, artifact_folder, put_model, reseal
from tests.hub.server import Hub, running_hub

PAGE = ROOT / "docs" / "ten-cases.md"
PATIENCE_MS = 60_000
# A newer version is noticed within about a second.
OFTEN_MINUTES = "0.02"
# So much higher are the log-odds of the version that takes the place of the first.
SHIFT = 0.3

PARTS = {
    "What": "#application .cs-decision",
    "How likely": "#application .cs-probability",
    "How sure": "#application .cs-sure summary",
    "What would change it": "#application .cs-change",
}
REASONS = "#reasons .cs-reasons summary"
FIRST = {CREDIT: "400000", INSTALMENT: "25000", INCOME: "180000", BIRTH: "38"}

IN_VIEW = """part => {
  const {top, bottom, left, right} = part.getBoundingClientRect();
  return top >= 0 && left >= 0 && bottom <= innerHeight + 1 && right <= innerWidth + 1;
}"""
INTRODUCTION = """# Ten cases

What the first view says, without scrolling, in both languages at 1366 x 768 and at 390 x 844: what is recommended, how
likely a default is, how sure that is, the two main reasons on either side, and what would change it. Written by
`python -m benchmarks.ten_cases`, which opens each case in a browser and says what is not wholly in view. The words are
those at a desk in English; all applicants are made up.

"""

Act = Callable[[Page, Language], None]
# What a view says, by part, and the parts that are not wholly in view.
Found = tuple[dict[str, str], list[str]]


@dataclass(frozen=True)
class Case:
    """A case: the address at which it opens, and what is then done on the page."""

    name: str
    address: str
    act: Act | None = None


def on_file(applicant_id: int, changes: dict[str, object] | None = None) -> str:
    """The address of an applicant, with changes."""
    kept = "#what-if=" + quote(json.dumps({"changes": changes, "scenarios": []})) if changes else ""
    return f"?applicant={applicant_id}{kept}"


def new_with(entries: dict[str, str]) -> Act:
    """Opens a new application and fills entries of the form."""

    def fill(page: Page, language: Language) -> None:
        page.get_by_role("button", name=text("screen.new_application", language)).click()
        for name, typed in entries.items():
            entry = page.locator(f"#entry-{name} input")
            entry.fill(typed)
            entry.press("Enter")
            expect(page.locator("body[data-stale]")).to_have_count(0, timeout=PATIENCE_MS)
        page.get_by_role("tab", name=text("screen.tab.reasons", language)).click()

    return fill


def swapping(hub: Hub, folder: Path) -> Act:
    """Puts another version on the hub, each time a new one, and waits until the page shows that one."""
    names = (f"swapped-{place}" for place in count(1))

    def swap(page: Page, language: Language) -> None:
        name = next(names)
        version = artifact_folder(folder / name, name)
        calibration = json.loads((version / "calibration.json").read_text())
        write_json(version / "calibration.json", {**calibration, "intercept": calibration["intercept"] + SHIFT})
        reseal(version)
        put_model(hub, version)
        while name not in page.locator(".cs-title").inner_text():
            for tab in ("explanation", "reasons"):
                page.get_by_role("tab", name=text(f"screen.tab.{tab}", language)).click()
                page.wait_for_timeout(SETTLED_MS)

    return swap


def cases(swap: Act) -> list[Case]:
    """The ten, chosen among the bundled applicants."""
    service, ids = demo_service(), pq.read_table(DEMO_APPLICANTS, columns=[APPLICANT_ID])[APPLICANT_ID].to_pylist()
    assessed = {one: assess(service, one, {}, "en") for one in ids}
    raw = {one: each.applicant.raw for one, each in assessed.items()}

    def first(**wanted: str) -> int:
        return next(one for one in raw if all(raw[one][name] == value for name, value in wanted.items()))

    refused = [one for one, each in assessed.items() if each.decision.outcome == "refuse"]
    edge = min(refused, key=lambda one: assessed[one].probability - assessed[one].decision.band_high)
    far = min(assessed, key=lambda one: assessed[one].probability)
    richest = max(raw, key=lambda one: float(raw[one][INCOME] or 0))
    numbers = {item.raw.name: "3" for item in form_fields() if item.raw.kind == "quantitative"}
    return [
        Case("Refused at the edge", on_file(edge)),
        Case("Approved far inside", on_file(far)),
        Case("115 of 120 fields missing", "?", new_with(FIRST)),
        Case("A value out of range", on_file(100904, {CREDIT: 3_500_000})),
        Case("A revolving loan", on_file(first(NAME_CONTRACT_TYPE="Revolving loans"))),
        Case("A widowed pensioner", on_file(first(NAME_INCOME_TYPE="Pensioner", NAME_FAMILY_STATUS="Widow"))),
        Case("The largest income", on_file(richest)),
        Case(
            "A new application, all numbers of the form entered", "?", new_with({**numbers, **FIRST, GOODS: "400000"})
        ),
        Case("A changed file", on_file(100904, {CREDIT: 301_500})),
        Case("After another model took over", on_file(edge), swap),
    ]


def in_one_line(part: Locator) -> str:
    """The words of a part of the page."""
    return " · ".join(line.strip() for line in part.inner_text().splitlines() if line.strip())


def read(page: Page) -> Found:
    """What the first view says, by part, and the parts that are not wholly in view."""
    shown = {name: page.locator(place) for name, place in PARTS.items()}
    reasons = page.locator(REASONS)
    shown |= {f"Reason {place + 1}": reasons.nth(place) for place in range(min(2 * MAIN, reasons.count()))}
    said = {name: in_one_line(part) for name, part in shown.items()}
    return said, [name for name, part in shown.items() if not part.evaluate(IN_VIEW)]


def look(browser: Browser, address: str, case: Case, language: Language, window: str) -> Found:
    """Opens a case in a window and reads its first view."""
    page = browser.new_page(viewport=WINDOWS[window], reduced_motion="reduce")
    page.set_default_timeout(PATIENCE_MS)
    query, mark, kept = case.address.partition("#")
    page.goto(f"{address}/{query}&language={language}{mark}{kept}")
    page.locator("#worklist .cs-list:visible, #reasons .cs-reasons").first.wait_for()
    if case.act:
        case.act(page, language)
    page.locator("#reasons .cs-reasons").wait_for()
    page.evaluate("scrollTo(0, 0)")
    page.wait_for_timeout(SETTLED_MS)
    found = read(page)
    if folder := os.environ.get("PICTURES"):
        page.screenshot(path=f"{folder}/{case.name.replace(' ', '-')}-{language}-{window}.png")
    page.close()
    return found


def section(place: int, case: Case, browser: Browser, address: str) -> str:
    """A case on the page: what was said in English at a desk, and what was not in view anywhere."""
    looks = {(one, window): look(browser, address, case, one, window) for one, window in product(LANGUAGES, WINDOWS)}
    said, _ = looks["en", "desk"]
    cut = [f"{one}, {window}: {', '.join(parts)}" for (one, window), (_, parts) in looks.items() if parts]
    lines = [f"## {place}. {case.name}", "", *(f"- **{name}:** {words}" for name, words in said.items()), ""]
    return "\n".join(
        [*lines, f"Not wholly in view: {'; '.join(cut)}." if cut else "All of it in view, four times.", ""]
    )


def main() -> int:
    """Looks at the ten and writes the page."""
    program = os.environ.get("CHROMIUM") or shutil.which("chromium")
    with running_hub() as hub, TemporaryDirectory() as scratch, sync_playwright() as driver:
        put_model(hub)
        settings = {
            "MODEL_REPO": MODEL,
            "HF_ENDPOINT": hub.url,
            "HF_TOKEN": hub.reader,
            "HF_HOME": f"{scratch}/home",
            "HF_HUB_DISABLE_XET": "1",
            "APPLICANTS": str(DEMO_APPLICANTS),
            "MODEL_REFRESH_MINUTES": OFTEN_MINUTES,
        }
        browser = driver.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        with running_app(ARTIFACT="", **settings) as (calls, _):
            with httpx.Client(base_url=calls) as client:
                first_answer(client)
            address = calls.removesuffix("/gradio_api/call")
            chosen = cases(swapping(hub, Path(scratch)))
            sections = [section(place + 1, case, browser, address) for place, case in enumerate(chosen)]
        browser.close()
    PAGE.write_text(INTRODUCTION + "\n".join(sections), encoding="utf-8")
    print(PAGE.relative_to(ROOT))
    return 0


if __name__ == "__main__":
    sys.exit(main())
