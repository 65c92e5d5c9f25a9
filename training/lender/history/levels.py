"""The levels of previous_application that become features: `levels.csv` in this folder, with labels."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Literal

from ibis import _

from training.lender.history.compose import Aggregate, Rows, meaning, share

Of = Literal["all", "last", "last_approved"]


def flags(of: Of, rows: Rows) -> list[Aggregate]:
    """For all applications, the share with each level; for a single one, whether it has the level (1) or not (0)."""
    with Path(__file__).with_name("levels.csv").open(encoding="utf-8", newline="") as lines:
        listed = [line for line in csv.DictReader(lines) if line["of"] == of]
    return [_flag(line, rows, is_share=of == "all") for line in listed]


def _flag(line: dict[str, str], rows: Rows, is_share: bool) -> Aggregate:
    en, fr = line["label_en"], line["label_fr"]
    if not is_share:
        en, fr = f"{en} (1) or not (0)", f"{fr} (1) ou non (0)"
    told = meaning(en, fr, "share" if is_share else "", line["factor"], int(line["direction"]))
    return share(rows, line["name"], _[line["column"]] == line["level"], told)
