"""Helpers to read the documentation: README, CONTRIBUTING and the pages of the site."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

ROOT = Path(__file__).parents[1]
README, CONTRIBUTING, CHANGELOG, SECURITY = (
    ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md")
)
SITE = sorted((ROOT / "docs").glob("*.md"))
DOCUMENTS = [README, CONTRIBUTING, CHANGELOG, SECURITY, *SITE]


def blocks(document: Path) -> list[tuple[str, str]]:
    """Its fenced blocks in order: the language, and what is in them."""
    return re.findall(r"```(\w+)\n(.*?)```", document.read_text(encoding="utf-8"), re.DOTALL)


def commands(document: Path) -> list[str]:
    """The lines of its shell blocks."""
    return [line for kind, block in blocks(document) if kind == "bash" for line in block.splitlines()]


def sessions(document: Path) -> list[tuple[str, str]]:
    """Its Python examples, each with the output that is shown right after it."""
    found = blocks(document)
    return [(code, shown) for (kind, code), (then, shown) in pairwise(found) if (kind, then) == ("python", "text")]


def relative_links(document: Path) -> list[str]:
    """Where its links and pictures lead within the project, without the place on the page."""
    prose = re.sub(r"```.*?```", "", document.read_text(encoding="utf-8"), flags=re.DOTALL)
    targets = re.findall(r"\]\(([^)\s#]+)(?:#[^)]*)?\)", prose)
    return [target for target in targets if "://" not in target]


def table(document: Path, header: str) -> list[list[str]]:
    """The rows of the table whose header line begins so, cell by cell, without the marks of code."""
    after = document.read_text(encoding="utf-8").split(f"\n{header}", 1)[1].split("\n\n", 1)[0]
    return [
        [cell.strip().replace("`", "") for cell in re.split(r"(?<!\\)\|", row)[1:-1]] for row in after.splitlines()[2:]
    ]
