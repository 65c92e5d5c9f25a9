"""Parts of a section by name."""

from __future__ import annotations

import pandas as pd

from scoring.validation import Finding, PackTable, Section


def finding(section: Section, name: str) -> Finding:
    """A section's finding by name."""
    return next(one for one in section.findings if one.name == name)


def table(section: Section, name: str) -> PackTable:
    """A section's table by name."""
    return next(one for one in section.tables if one.name == name)


def frame_of(one: PackTable) -> pd.DataFrame:
    """A table as a frame."""
    return pd.DataFrame(one.rows, columns=[column.heading for column in one.columns])
