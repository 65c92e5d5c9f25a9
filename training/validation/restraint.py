"""Does it leave out what it must: exclusions, directions and age, proved again on these applicants.

The checks are those of the gate (`training.gate.gate`), run on the served model. They shuffle the protected columns
themselves; an input that is a copy of one under another name is found by how well it tells the attribute.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from scoring.schema.fields import fields
from scoring.validation import Finding, PackTable, Section
from training.audit.groups import FEWEST_IN_GROUP, levels_of
from training.gate.gate import directions, elderly, invariance
from training.validation.bounds import Bounds
from training.validation.leakage import single_aucs
from training.validation.rows import Rows
from training.validation.section import pack_table, section


@dataclass(frozen=True)
class Proxy:
    """The input that alone tells best who has a level of a protected attribute, by its AUC."""

    attribute: str
    level: str
    name: str
    auc: float


def proxies(rows: Rows) -> Iterator[Proxy]:
    """One for each level of each protected attribute that enough applicants have and enough do not."""
    for attribute in (name for name, field in fields().items() if field.protected):
        levels = levels_of(attribute, rows.columns)
        for level in sorted(levels.dropna().unique()):
            inside = (levels == level).to_numpy(dtype=np.float64)
            if min(inside.sum(), len(inside) - inside.sum()) >= FEWEST_IN_GROUP:
                aucs = single_aucs(rows, rows.matrix, inside)
                name = max(aucs, key=lambda one: aucs[one].value)
                yield Proxy(attribute, level, name, aucs[name].value)


def restraint_section(rows: Rows, bounds: Bounds) -> Section:
    """The section."""
    artifact = rows.as_population
    never, directed, old = invariance(artifact), directions(artifact), elderly(artifact)
    found = sorted(proxies(rows), key=lambda one: -one.auc)
    findings = [
        bounds.finding(
            "exclusions",
            never.figures["attributes_that_matter"],
            never.told,
            "protected attributes, their proxies and the outcome shuffled one by one",
        ),
        _closest(found, bounds),
        bounds.finding(
            "directions",
            directed.figures["against"],
            directed.told,
            "each directed input raised step by step, all else held",
        ),
        bounds.finding("elderly", old.figures["better"], old.told, "age lowered step by step (12 CFR 1002.6(b)(2))"),
    ]
    return section("restraint", [], findings, [_table(found)])


def _closest(found: list[Proxy], bounds: Bounds) -> Finding:
    told = "no level of a protected attribute has enough applicants"
    if found:
        told = f"{found[0].name} alone tells who has {found[0].attribute} = {found[0].level}: AUC {found[0].auc:.4f}"
    return bounds.finding(
        "proxy_auc", found[0].auc if found else None, told, "each input alone against each protected attribute's levels"
    )


def _table(found: list[Proxy]) -> PackTable:
    return pack_table(
        "proxies",
        "Protected attributes, each level with the input that tells it best",
        {"attribute": "text", "level": "text", "input": "text", "AUC": "number"},
        [(one.attribute, one.level, one.name, one.auc) for one in found],
    )
