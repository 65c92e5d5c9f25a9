"""docs/architecture.md draws what the code imports, and the way of one applicant leads through real functions."""

import ast
import importlib
import re
import tomllib
from collections import defaultdict

import grimp
import pytest

from tests.documents import ROOT, blocks, table

PAGE = ROOT / "docs" / "architecture.md"
PACKAGES = ("training", "scoring")
# What stands above the rooms of its package: entries, which import what they run.
ENTRIES = {"scoring", "scoring.__main__", "training", "training.__main__"}


def floors():
    """Package -> the rooms on each floor of the diagram, top floor first."""
    diagram = next(block for kind, block in blocks(PAGE) if kind == "text")
    rows = [[cell.strip() for cell in line.split("|")] for line in diagram.splitlines()[2:]]
    return {
        package: [[f"{package}.{name}" for name in row[column].split(", ")] for row in rows if row[column]]
        for column, package in enumerate(PACKAGES)
    }


FLOOR = {room: place for rows in floors().values() for place, row in enumerate(rows) for room in row}


def room(module):
    """The room that a module is in: the first folder below the package, or the file that stands beside the rooms."""
    return ".".join(module.split(".")[:2])


@pytest.fixture(scope="module")
def arrows():
    """(importing room, imported room) -> the imports, module by module."""
    graph = grimp.build_graph(*PACKAGES, cache_dir=None)
    found = defaultdict(set)
    for module in graph.modules:
        for imported in graph.find_modules_directly_imported_by(module):
            pair = room(module), room(imported)
            if pair[0] != pair[1] and not ENTRIES & set(pair):
                found[pair].add((module, imported))
    return found


def told():
    """Room -> the rooms of its own package that the table of rooms says it imports."""
    found = {}
    for place, _, imported in table(PAGE, "| room |"):
        name = place.removesuffix(".py").strip("/").replace("/", ".")
        package = name.split(".")[0]
        found[name] = {f"{package}.{other}" for other in imported.split(", ") if other}
    return found


def test_every_room_of_the_code_is_drawn_and_every_drawn_room_is_there(arrows):
    assert {name for pair in arrows for name in pair} == set(FLOOR)


def test_rooms_import_only_what_is_drawn_below_them(arrows):
    upwards = {
        " -> ".join(imports)
        for (importing, imported), pairs in arrows.items()
        if importing.split(".")[0] == imported.split(".")[0] and FLOOR[importing] >= FLOOR[imported]
        for imports in pairs
    }
    assert upwards == set()


def test_the_import_rules_know_the_same_floors():
    rules = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]["contracts"]
    layers = {rule["containers"][0]: rule["layers"] for rule in rules if rule["type"] == "layers"}
    ruled = {
        package: [{f"{package}.{name.strip(' ()')}" for name in layer.split("|")} for layer in rows]
        for package, rows in layers.items()
    }
    assert ruled == {
        package: [{f"{package}.__main__"}, *(set(row) for row in rows)] for package, rows in floors().items()
    }


def test_training_imports_scoring_and_never_the_other_way_round(arrows):
    directions = {tuple(name.split(".")[0] for name in pair) for pair in arrows}
    assert ("training", "scoring") in directions
    assert ("scoring", "training") not in directions


def test_every_room_is_explained():
    assert set(told()) == set(FLOOR)


@pytest.mark.parametrize("name", sorted(FLOOR))
def test_a_room_imports_what_the_table_says(arrows, name):
    package = name.split(".")[0]
    assert {other for one, other in arrows if one == name and other.split(".")[0] == package} == told()[name]


@pytest.mark.parametrize(("step", "name", "function"), [row[:3] for row in table(PAGE, "| step |")])
def test_each_step_of_the_way_is_a_function_of_its_room(step, name, function):
    module, _, called = function.partition(".")
    assert callable(getattr(importlib.import_module(f"scoring.{name}.{module}"), called)), step


def test_the_rest_imports_of_a_lender_what_the_table_lists():
    """Another lender's folders must declare this, and need nothing else."""
    named = {(module, name) for module, names, _ in table(PAGE, "| module |") for name in names.split(", ")}
    own = ("scoring/lender/", "training/lender/")
    imported = set()
    for path in (*(ROOT / "scoring").rglob("*.py"), *(ROOT / "training").rglob("*.py"), ROOT / "app.py"):
        if path.relative_to(ROOT).as_posix().startswith(own):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and re.match(r"(scoring|training)\.lender\b", node.module or ""):
                imported |= {(node.module, alias.name) for alias in node.names}
    assert imported == named


def test_the_diagram_shows_every_step():
    diagram = next(block for kind, block in blocks(PAGE) if kind == "text")
    assert {step for step, *_ in table(PAGE, "| step |")} <= set(re.findall(r" (\d) ", diagram))
