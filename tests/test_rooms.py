"""The code's rooms: no import cycle between files or rooms, and each room has a docstring."""

from __future__ import annotations

import ast
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("scoring", "training")
FILES = {
    path.relative_to(ROOT).with_suffix("").as_posix().replace("/", ".").removesuffix(".__init__"): path
    for package in PACKAGES
    for path in sorted((ROOT / package).rglob("*.py"))
}
ROOMS = sorted({path.parent for path in FILES.values()})


def imported(path: Path) -> set[str]:
    """The modules of ours that a file imports, wherever in it, also for types alone."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            whole = {f"{node.module}.{alias.name}" for alias in node.names} & FILES.keys()
            found |= whole or {node.module}
    return found & FILES.keys()


IMPORTS = {module: imported(path) - {module} for module, path in FILES.items()}


def room(module: str) -> str:
    """The package of the second level that a module lies in; a file beside the packages is a room of its own."""
    return ".".join(module.split(".")[:2])


def circle(graph: dict[str, set[str]]) -> list[str]:
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return error.args[1]
    return []


def test_no_file_imports_in_a_circle():
    assert circle(IMPORTS) == []


def test_no_room_imports_in_a_circle():
    rooms: dict[str, set[str]] = {}
    for module, others in IMPORTS.items():
        rooms.setdefault(room(module), set()).update({room(other) for other in others} - {room(module)})
    assert circle(rooms) == []


def test_a_circle_is_found():
    assert circle({"a": {"b"}, "b": {"c"}, "c": {"a"}}) != []


def test_the_imports_are_found():
    assert "scoring.errors" in IMPORTS["scoring.applicants.store"]
    assert "training.lender.history.bureau" in IMPORTS["training.lender.history"]


@pytest.mark.parametrize("folder", ROOMS, ids=lambda folder: folder.relative_to(ROOT).as_posix())
def test_each_room_says_what_it_is_for(folder):
    told = ast.get_docstring(ast.parse((folder / "__init__.py").read_text(encoding="utf-8"))) or ""
    assert len(told.splitlines()) >= (1 if folder.parent == ROOT else 3), "what it is for, never does, who imports it"
