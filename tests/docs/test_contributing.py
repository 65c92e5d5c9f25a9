"""The recipes of CONTRIBUTING name existing files, and following one works."""

import os
import re
import shutil
import subprocess
import sys

import pytest

from tests.documents import CONTRIBUTING, ROOT

TEXT = CONTRIBUTING.read_text(encoding="utf-8")
RECIPES = {
    title: re.findall(r"^\| `([\w./]+)` \|", section, re.MULTILINE)
    for title, section in (part.split("\n", 1) for part in TEXT.split("\n### ")[1:])
}
NAMED = sorted({file for files in RECIPES.values() for file in files})
COPIED = ("scoring", "training", "tests", "pyproject.toml")
# What the recipes ask for in order to add savings, and their share of the loan asked for.
NEW_FIELD = "AMT_SAVINGS,number,yes,quantitative,income_job,amount,0,1000000000,,no,yes,yes,,0,,,,,,,Savings,Épargne"
NEW_FEATURE = "SAVINGS_TO_CREDIT,,,quantitative,loan,ratio,0,,,Savings over the loan,Épargne rapportée au prêt"
NEW_TEST = """
def test_savings_are_set_beside_the_loan():
    assert derived("SAVINGS_TO_CREDIT", AMT_SAVINGS=50_000.0, AMT_CREDIT=200_000.0) == 0.25
    assert np.isnan(derived("SAVINGS_TO_CREDIT", AMT_CREDIT=200_000.0))
"""


def after(line_that_begins, new):
    """An edit that puts a line after the one that begins so."""

    def edit(text):
        edited, times = re.subn(rf"^({re.escape(line_that_begins)}.*)$", rf"\1\n{new}", text, flags=re.MULTILINE)
        assert times == 1, line_that_begins
        return edited

    return edit


NEW_SAYINGS = "\n".join(
    f"{name},{raises},{raises},{lowers},{lowers},{raises},{raises},{what},{what},{what},{what},{what},{what}"
    for name, raises, lowers, what in (
        ("AMT_SAVINGS", "[Few|Many|The] savings weigh", "[Few|Many|The] savings speak", "Savings"),
        ("SAVINGS_TO_CREDIT", "The savings weigh", "The savings speak", "Savings over the loan"),
    )
)


EDITS = {
    "scoring/lender/wording.csv": after("AMT_INCOME_TOTAL,", NEW_SAYINGS),
    "scoring/lender/fields.csv": after("AMT_INCOME_TOTAL,", NEW_FIELD),
    "scoring/lender/derived.csv": after("CREDIT_TO_INCOME,", NEW_FEATURE),
    "scoring/lender/formulas.py": after(
        '    "CREDIT_TO_INCOME":', '    "SAVINGS_TO_CREDIT": _ratio("AMT_SAVINGS", "AMT_CREDIT"),'
    ),
    "tests/scoring/lender/test_fields.py": lambda text: text.replace("120", "121"),
    "tests/scoring/lender/test_formulas.py": lambda text: text + "\n" + NEW_TEST,
}
# Savings have no levels, the copy has no documents, and made-up applicants are drawn anew only by whoever has tables
# that hold them.
NOT_NEEDED = {"scoring/lender/levels.csv", "training/lender/synthetic/profile.json", "docs/glossary.md"}


@pytest.mark.parametrize("file", NAMED)
def test_every_file_that_a_recipe_names_is_there(file):
    assert (ROOT / file).is_file()


def test_there_is_a_recipe_for_each_kind_of_addition():
    assert [title.split()[2] for title in RECIPES] == [
        "field",
        "feature",
        "feature",
        "tab",
        "endpoint",
        "table",
        "language",
    ]
    assert all(RECIPES.values())


def test_names_that_the_recipes_give_are_in_their_files():
    """What stands in capitals or as a function beside a file is defined there."""
    rows = re.findall(r"^\| `([\w./]+\.py)` \| (.*) \|$", TEXT, re.MULTILINE)
    named = [(file, name) for file, told in rows for name in re.findall(r"`([A-Z]{2}[A-Z_]+|[A-Z][a-z]+)`", told)]
    missing = [(file, name) for file, name in named if name not in (ROOT / file).read_text(encoding="utf-8")]
    assert [(file, name) for file, name in missing if name != "NAME"] == []
    assert len(named) > 8


def test_each_of_ten_changes_leads_to_a_file():
    rows = re.findall(r"^\| ([a-z ]+) \| `([\w./]+)` \| (.*) \|$", TEXT, re.MULTILINE)
    assert len(rows) == 10
    for _, file, told in rows:
        assert (ROOT / file).exists()
        named = re.findall(r"`([A-Z]\w+)`", told)
        assert [name for name in named if name not in (ROOT / file).read_text(encoding="utf-8")] == []


def test_a_field_and_a_feature_of_it_are_added_by_following_the_recipes(tmp_path):
    for name in COPIED:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__", "formats"))
        else:
            shutil.copy(ROOT / name, tmp_path / name)
    shutil.copytree(ROOT / "artifacts", tmp_path / "artifacts")
    field, feature = list(RECIPES.values())[:2]
    assert {*field, *feature} == EDITS.keys() | NOT_NEEDED
    for file in EDITS:
        path = tmp_path / file
        path.write_text(EDITS[file](path.read_text(encoding="utf-8")), encoding="utf-8")
    tests = [file for file in EDITS if file.startswith("tests/")]
    run = [sys.executable, "-m", "pytest", "-v", "-p", "no:cacheprovider", *tests]
    done = subprocess.run(run, cwd=tmp_path, capture_output=True, text=True, env={**os.environ, "PYTHONPATH": ""})
    assert done.returncode == 0, done.stdout
    assert re.search(r"test_savings_are_set_beside_the_loan PASSED", done.stdout)
