"""Sections and tables of the pack: their titles, where the rules ask for them, and cells as they are written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path

import numpy as np

from scoring.files import read_table
from scoring.validation import Cell, Column, Finding, Form, PackTable, Section
from training.validation.bounds import rounded


@cache
def topics() -> dict[str, dict[str, str]]:
    """Section -> its title, and the topics of SR 26-2 and the articles of the EU AI Act that ask for it."""
    return {row["name"]: row for row in read_table(Path(__file__).with_name("topics.csv"))}


def section(
    name: str, paragraphs: Sequence[str], findings: Sequence[Finding] = (), tables: Sequence[PackTable] = ()
) -> Section:
    """A section by its name in `topics.csv`."""
    topic = topics()[name]
    return Section(name, topic["title"], topic["sr_26_2"], topic["ai_act"], [*paragraphs], [*findings], [*tables])


def pack_table(
    name: str, caption: str, columns: Mapping[str, Form], rows: Iterable[Sequence[str | float | None]]
) -> PackTable:
    """A table from heading -> form and rows; numbers are rounded, and NaN is not known."""
    return PackTable(
        name,
        caption,
        [Column(*column) for column in columns.items()],
        [[_cell(value) for value in row] for row in rows],
    )


def _cell(value: str | float | None) -> Cell:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, (int, np.integer)):
        return int(value)
    return None if np.isnan(value) else rounded(float(value))


def percent(share: float, digits: int = 1) -> str:
    """A share in English."""
    return f"{100 * share:.{digits}f} %"
