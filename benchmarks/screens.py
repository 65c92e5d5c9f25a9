"""`python -m benchmarks.screens` (or `make screens`): pictures of every view, to look at before a release.

Both languages, light and dark, a desk's window and a phone's; small, since they stand in `docs/screens/`.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from io import BytesIO
from itertools import product
from pathlib import Path

import httpx
from PIL import Image
from playwright.sync_api import Page, ViewportSize, sync_playwright

from benchmarks.app import first_answer, running_app
from benchmarks.screenshot import APPLICANT, COLOURS
from scoring.interface.screen import TABS
from scoring.serving.settings import ROOT
from scoring.words.language import LANGUAGES, Language

FOLDER = ROOT / "docs" / "screens"
WINDOWS: dict[str, ViewportSize] = {"desk": {"width": 1366, "height": 768}, "phone": {"width": 390, "height": 844}}
SCHEMES = ("light", "dark")
# Half the size is enough to see what is cut, cramped or unreadable.
SMALLER = 2
# After the last change of the page, until it is painted.
SETTLED_MS = 1500
LIST, PORTFOLIO, MODEL = "list", "portfolio", "model"


def views(page: Page, address: str, language: Language) -> Iterator[str]:
    """Leads the page through all views; each is there when its name comes."""
    page.goto(f"{address}/?language={language}")
    page.locator("#worklist .cs-list").wait_for()
    yield LIST
    page.goto(f"{address}/?language={language}&tab={PORTFOLIO}")
    page.locator("#portfolio-form").wait_for()
    yield PORTFOLIO
    for name in (*TABS, MODEL):
        page.goto(f"{address}/?applicant={APPLICANT}&language={language}&tab={name}")
        page.locator("#application .cs:visible, #model-page .cs:visible").first.wait_for()
        page.get_by_role("progressbar").first.wait_for(state="hidden")
        yield name


def taken(page: Page) -> Image.Image:
    """The whole view, smaller and in few colours."""
    page.wait_for_timeout(SETTLED_MS)
    whole = Image.open(BytesIO(page.screenshot(full_page=True, animations="disabled"))).convert("RGB")
    small = whole.resize((whole.width // SMALLER, whole.height // SMALLER), Image.Resampling.LANCZOS)
    return small.quantize(COLOURS, dither=Image.Dither.NONE)


def take(address: str, folder: Path) -> int:
    """Takes them all; returns how many."""
    program, count = os.environ.get("CHROMIUM") or shutil.which("chromium"), 0
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        for language, scheme, (window, size) in product(LANGUAGES, SCHEMES, WINDOWS.items()):
            page = browser.new_page(viewport=size, color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
            for name in views(page, address, language):
                taken(page).save(folder / f"{name}-{language}-{scheme}-{window}.png", optimize=True)
                count += 1
            page.close()
        browser.close()
    return count


def main() -> int:
    """Takes the pictures and says how many there are."""
    FOLDER.mkdir(exist_ok=True)
    with running_app(ARTIFACT="", MODEL_REPO="", APPLICANTS="") as (calls, _):
        with httpx.Client(base_url=calls) as client:
            first_answer(client)
        count = take(calls.removesuffix("/gradio_api/call"), FOLDER)
    size = sum(path.stat().st_size for path in FOLDER.glob("*.png"))
    print(f"{FOLDER.relative_to(ROOT)}: {count} pictures, {size:,} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
