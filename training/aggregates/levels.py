"""Levels of a column that become features, listed in a table with their labels."""

from __future__ import annotations

from pathlib import Path

from ibis import _

from scoring.files import read_table
from training.aggregates.compose import Aggregate, Rows, meaning, share


def flags(file: Path, of: str, rows: Rows) -> list[Aggregate]:
    """A feature for each level that the file lists: the share of "all" rows, or 1 or 0 for a single row.

    Args:
        file: a CSV table with the columns of, name, column, level, factor, direction and a label in each language.
        of: what the file's first column calls these rows; all but "all" are a single row.
        rows: the rows of an applicant.
    """
    return [_flag(line, rows, is_share=of == "all") for line in read_table(file) if line["of"] == of]


def _flag(line: dict[str, str], rows: Rows, is_share: bool) -> Aggregate:
    en, fr = line["label_en"], line["label_fr"]
    if not is_share:
        en, fr = f"{en} (1) or not (0)", f"{fr} (1) ou non (0)"
    quantity = meaning(en, fr, "share" if is_share else "", line["factor"], int(line["direction"]))
    return share(rows, line["name"], _[line["column"]] == line["level"], quantity)
