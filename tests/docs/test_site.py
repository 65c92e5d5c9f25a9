"""The site is built without a broken link, and loads nothing from other hosts."""

import re
import subprocess
import sys

import pytest

from tests.documents import ROOT, SITE

# What a browser loads by itself, unlike a link that a reader follows.
LOADED = re.compile(r"<(?:script|img|iframe|link(?![^>]*canonical))[^>]*?(?:src|href)=[\"']?((?:https?:)?//[^\s\"'>]+)")


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    out = tmp_path_factory.mktemp("site")
    build = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(out)]
    done = subprocess.run(build, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return out


def test_every_page_is_there(site):
    assert {page.with_suffix(".html").name for page in SITE} <= {page.name for page in site.glob("*.html")}


def test_no_page_loads_anything_from_elsewhere(site):
    assert [(page.name, found) for page in site.glob("*.html") for found in LOADED.findall(page.read_text())] == []
    styles = "".join(style.read_text() for style in site.rglob("*.css"))
    assert re.findall(r"(?:url\(|@import )[\"']?https?:", styles) == []


def test_no_diagram_needs_a_script_from_elsewhere(site):
    # Material fetches Mermaid and MathJax from a server of theirs where a page uses them.
    assert [page.name for page in site.glob("*.html") if 'class="mermaid"' in page.read_text()] == []
