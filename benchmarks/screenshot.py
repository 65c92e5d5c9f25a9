"""`python -m benchmarks.screenshot` (or `make screenshot`): takes the picture of the screen for README and docs.

Like the benchmarks, it drives the running app, with the bundled model, an applicant on file and a fixed window size.
"""

from __future__ import annotations

import os
import shutil
import sys
from io import BytesIO

import httpx
from PIL import Image
from playwright.sync_api import ViewportSize, sync_playwright

from benchmarks.app import first_answer, running_app
from scoring.serving.settings import ROOT

PICTURE = ROOT / "docs" / "screen.png"
# The applicant in the README's session, so that picture and printed answer show the same decision.
APPLICANT = 100904
WINDOW: ViewportSize = {"width": 1200, "height": 856}
# More colours would enlarge the file without making flat areas and thin lines any clearer.
COLOURS = 128


def picture(address: str) -> bytes:
    """The decision on the applicant, as PNG."""
    program = os.environ.get("CHROMIUM") or shutil.which("chromium")
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(viewport=WINDOW, locale="en-GB", color_scheme="light", reduced_motion="reduce")
        page.goto(f"{address}/?applicant={APPLICANT}&language=en")
        page.locator("#reasons .cs-reasons").wait_for()
        shot = page.screenshot(animations="disabled")
        browser.close()
    return shot


def main() -> int:
    """Takes the picture and prints its size."""
    # The demo, whatever this shell is set to serve.
    with running_app(ARTIFACT="", MODEL_REPO="", APPLICANTS="") as (calls, _):
        with httpx.Client(base_url=calls) as client:
            first_answer(client)
        shot = picture(calls.removesuffix("/gradio_api/call"))
    Image.open(BytesIO(shot)).convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE).save(PICTURE, optimize=True)
    print(f"{PICTURE.relative_to(ROOT)}: {PICTURE.stat().st_size:,} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
