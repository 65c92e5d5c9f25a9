"""Only the lender's two rooms name a table, column, level or mark of the lender; the rest uses what they declare."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest

import scoring.lender
import training.lender
from scoring.lender.roles import APPLICANT_ID, TARGET
from scoring.schema.features import derived_features
from scoring.schema.fields import fields
from training.tables.definitions import history_definitions, table_names

ROOT = Path(__file__).parents[1]
OWN_ROOMS = ("scoring/lender/", "training/lender/")
SOURCES = [
    path
    for path in (ROOT / "app.py", *sorted((ROOT / "scoring").rglob("*")), *sorted((ROOT / "training").rglob("*")))
    if path.suffix in (".py", ".csv", ".md", ".html", ".css", ".json")
    and not path.relative_to(ROOT).as_posix().startswith(OWN_ROOMS)
]
COLUMNS = {
    APPLICANT_ID,
    TARGET,
    *fields(),
    *(feature.name for feature in derived_features()),
    *(column for columns in history_definitions().values() for column in columns),
}
# Families of columns, which a prefix would name as well: AMT_, DAYS_, ...
FAMILIES = ("SK_ID_", "AMT_", "EXT_SOURCE_", "FLAG_DOCUMENT_", "NAME_CONTRACT_", "SK_DPD")
# One table is called by an ordinary word, of which docstrings speak.
TABLES = {*table_names()} - {"bureau"}
# A level of one short word (F, Yes, Other) may stand for something else; one of several words cannot.
LEVELS = {
    level for field in fields().values() for level in field.levels if len(level) > 3 and (" " in level or "_" in level)
}
# Numbers that stand for something in some column; small ones stand for much else.
MARKS = {mark for field in fields().values() for mark in field.sentinels if abs(mark) > 1_000}
WORDS = sorted(map(re.escape, COLUMNS | LEVELS | TABLES | {f"{mark:.0f}" for mark in MARKS}), key=len, reverse=True)
NAMED = re.compile(rf"(?<![A-Za-z0-9_])(?:{'|'.join(WORDS)}|(?:{'|'.join(FAMILIES)})\w*)(?![A-Za-z0-9_])")


def written(path: Path) -> Iterator[tuple[int, str]]:
    """Line and text of whatever could name a column: all of a data file; of code its strings, comments and attributes.

    A variable may be called what a column is called (the constant TARGET), also where a docstring speaks of it.
    """
    text = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        yield from enumerate(text.splitlines(), 1)
        return
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            for place, line in enumerate(node.value.replace("`TARGET`", "").splitlines()):
                yield node.lineno + place, line
        elif isinstance(node, ast.Constant) and node.value in MARKS:
            yield node.lineno, f"{node.value:.0f}"
        elif isinstance(node, ast.Attribute):
            yield node.lineno, node.attr
        elif isinstance(node, ast.keyword) and node.arg:
            yield node.value.lineno, node.arg


def names(path: Path) -> list[str]:
    """What a file names of the lender's, as "line: name"."""
    return sorted({f"{line}: {found[0]}" for line, text in written(path) for found in NAMED.finditer(text)})


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_it_names_nothing_of_the_lenders(path):
    assert names(path) == []


def test_a_name_would_be_found(tmp_path):
    code = tmp_path / "code.py"
    code.write_text(
        'a = "AMT_CREDIT"\nb = rows.SK_DPD\n# of TARGET\nc = TARGET\nd = f"{TARGET}"\ne = f"{d} Cash loans"\n'
        "f = frame.assign(AMT_ANNUITY=1)\ng = days == -365243 or days == 365_243\nh = tables['POS_CASH_balance']\n"
    )
    assert names(code) == [
        "1: AMT_CREDIT",
        "2: SK_DPD",
        "3: TARGET",
        "6: Cash loans",
        "7: AMT_ANNUITY",
        "8: 365243",
        "9: POS_CASH_balance",
    ]


def test_the_names_are_those_of_every_table():
    assert len(COLUMNS) > 200
    assert {"MONTHS_BALANCE", "CREDIT_ACTIVE", "EXT_SOURCES_MEAN", "Cash loans"} <= COLUMNS | LEVELS
    assert {room.FOLDER.relative_to(ROOT).as_posix() + "/" for room in (scoring.lender, training.lender)} == {
        *OWN_ROOMS
    }
