"""Files, modules and functions that README, CONTRIBUTING, the pages and docstrings name exist."""

import pkgutil
import re

import pytest

from tests.documents import CONTRIBUTING, README, ROOT, SITE

PAGES = [README, CONTRIBUTING, *SITE]
CODE = [
    ROOT / "app.py",
    *(path for room in ("scoring", "training", "benchmarks") for path in ROOT.glob(f"{room}/**/*.py")),
]
PATH = re.compile(r"(?:scoring|training|tests|benchmarks|docs|artifacts|\.github)/[\w./-]*")
DOTTED = re.compile(r"(?:scoring|training|tests|benchmarks)(?:\.\w+)+")
BARE = re.compile(r"\w+\.(?:py|csv)")
# The example of a format is any number; the other files are what commands write.
NOT_OURS = {"tests/formats/N", "comparison.csv"}


def named(document, pattern):
    """What a document has in backticks, alone or as part of a command, and that looks so."""
    prose = re.sub(r"```.*?```", "", document.read_text(encoding="utf-8"), flags=re.DOTALL)
    words = {word for quoted in re.findall(r"`([^`\n]+)`", prose) for word in quoted.split()}
    return sorted(word for word in words - NOT_OURS if pattern.fullmatch(word))


def is_there(name):
    """Whether a dotted name is a module of ours, or something in one."""
    place = ROOT / name.replace(".", "/")
    if place.is_dir() or place.with_suffix(".py").is_file():
        return True
    try:
        pkgutil.resolve_name(name)
    except (ImportError, AttributeError):
        return False
    return True


def missing(document):
    paths = [path for path in named(document, PATH) if not (ROOT / path).exists()]
    return paths + [name for name in named(document, DOTTED) if not is_there(name)]


@pytest.mark.parametrize("document", PAGES, ids=lambda path: path.name)
def test_paths_and_modules_on_a_page_are_there(document):
    assert missing(document) == []


def test_paths_and_modules_that_the_code_speaks_of_are_there():
    assert {path.relative_to(ROOT).as_posix(): gone for path in CODE if (gone := missing(path))} == {}


@pytest.mark.parametrize("document", PAGES, ids=lambda path: path.name)
def test_a_file_that_is_named_without_its_folder_is_the_only_one(document):
    for name in named(document, BARE):
        places = [path for room in ("scoring", "training") for path in ROOT.glob(f"{room}/**/{name}")]
        assert len(places) + (ROOT / name).is_file() == 1, name


def test_names_are_found_and_wrong_ones_noticed(tmp_path):
    page = tmp_path / "page.md"
    page.write_text(
        "See `scoring/gone.py`, `scoring/errors.py`, `python -m benchmarks.gone`, `scoring.errors.ArtifactError` and "
        "`scoring.errors.Gone`; `levels.csv`.\n```sh\n`scoring/unread.py`\n```\n"
    )
    assert missing(page) == ["scoring/gone.py", "benchmarks.gone", "scoring.errors.Gone"]
    assert named(page, BARE) == ["levels.csv"]
