"""docs/architecture.md draws what the code imports, and the way of one applicant leads through real functions."""

import importlib
import re
from collections import defaultdict

import grimp
import pytest

from tests.docs.before_the_move import ROOMS, UPWARDS
from tests.documents import ROOT, blocks, table

PAGE = ROOT / "docs" / "architecture.md"
PACKAGES = ("training", "scoring")
# What stands above the rooms of its package: entries, which import what they run.
ENTRIES = {"scoring", "scoring.__main__", "training", "training.__main__"}
ROOM_OF = {f"{room.split('.')[0]}.{name}": room for room, names in ROOMS.items() for name in names.split()}


def floors():
    """Package -> the rooms on each floor of the diagram, top floor first."""
    diagram = next(block for kind, block in blocks(PAGE) if kind == "text")
    rows = [[cell.strip() for cell in line.split("|")] for line in diagram.splitlines()[2:]]
    return {
        package: [[f"{package}.{name}" for name in row[column].split(", ")] for row in rows]
        for column, package in enumerate(PACKAGES)
    }


FLOOR = {room: place for rows in floors().values() for place, row in enumerate(rows) for room in row}


def room(module):
    """The room that a module is in: the first folder below the package, or what takes its place until the move."""
    name = ".".join(module.split(".")[:2])
    return ROOM_OF.get(name, name)


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


def test_every_room_of_the_code_is_drawn_and_every_drawn_room_is_there(arrows):
    assert {name for pair in arrows for name in pair} == set(FLOOR)


def test_rooms_import_only_what_is_drawn_below_them(arrows):
    upwards = {
        imports
        for (importing, imported), pairs in arrows.items()
        if importing.split(".")[0] == imported.split(".")[0] and FLOOR[importing] >= FLOOR[imported]
        for imports in pairs
    }
    assert {" -> ".join(imports) for imports in upwards} == UPWARDS


def test_training_imports_scoring_and_never_the_other_way_round(arrows):
    directions = {tuple(name.split(".")[0] for name in pair) for pair in arrows}
    assert ("training", "scoring") in directions
    assert ("scoring", "training") not in directions


def test_every_room_is_explained():
    explained = {row[0].strip("/").replace("/", ".") for row in table(PAGE, "| room |")}
    single_files = {"scoring.errors", "scoring.files", "scoring.markup"}
    assert explained == set(FLOOR) - single_files


@pytest.mark.parametrize(("step", "name", "function"), [row[:3] for row in table(PAGE, "| step |")])
def test_each_step_of_the_way_is_a_function_of_its_room(step, name, function):
    module, _, called = function.partition(".")
    today = f"scoring.{module}"
    place = today if today in ROOM_OF else f"scoring.{name}.{module}"
    assert callable(getattr(importlib.import_module(place), called))
    assert room(place) == f"scoring.{name}", step


def test_the_diagram_shows_every_step():
    diagram = next(block for kind, block in blocks(PAGE) if kind == "text")
    assert {step for step, *_ in table(PAGE, "| step |")} <= set(re.findall(r" (\d) ", diagram))
