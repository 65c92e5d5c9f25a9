"""The README is short, and its front matter, links and figures are right."""

import re
import tomllib

import pytest

from tests.documents import CONTRIBUTING, DOCUMENTS, README, ROOT, SITE, relative_links

LARGEST = 12_000
TEXT = README.read_text(encoding="utf-8")


def front_matter():
    return dict(re.findall(r'^(\w+): "?(.*?)"?$', TEXT.split("---")[1], re.MULTILINE))


def test_it_is_one_sitting():
    assert len(TEXT.encode()) <= LARGEST


def test_the_space_runs_what_is_pinned():
    front = front_matter()
    assert f"gradio=={front['sdk_version']}" in (ROOT / "requirements.txt").read_text().splitlines()
    assert front["sdk"] == "gradio"
    assert (ROOT / front["app_file"]).is_file()
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["requires-python"] == f">={front['python_version']}"


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_and_pictures_lead_somewhere(document):
    for target in relative_links(document):
        assert (document.parent / target).exists(), target


def test_every_page_of_the_site_is_linked_from_the_readme_but_its_front_page():
    linked = {(ROOT / target).resolve() for target in relative_links(README)}
    assert set(SITE) - {ROOT / "docs" / "index.md"} <= linked
    assert CONTRIBUTING in linked


def test_figures_that_the_readme_repeats_are_those_of_the_figures_page():
    repeated = re.search(r"On the real sample \((.*?)\[All figures\]", TEXT, re.DOTALL)[1]
    figures = re.findall(r"\d+[.,]\d+", repeated)
    rows = [
        row for row in (ROOT / "docs" / "performance.md").read_text().splitlines() if "held-out" in row or "Real" in row
    ]
    assert len(figures) == 6
    assert [figure for figure in figures if not any(figure in row for row in rows)] == []
