"""The scorecard itself, where the model is one: each characteristic with its bins, and the points of each.

What all applicants have in common is shared out equally, as is usual (Siddiqi, 2006): the points of a characteristic
are that share, less what its bin adds to the risk beyond the average over the training applicants. They add up to the
applicant's points exactly.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from scoring.artifact.load import Artifact
from scoring.schema.features import ModelFeature
from scoring.validation import Form, Section
from training.audit.readers import ABOVE_ALL
from training.validation.section import pack_table, section


@dataclass(frozen=True)
class Bin:
    """A bin of a characteristic, its training applicants, and what it adds to the margin.

    `what` is a level, "missing", "known", or "other or missing"; for a range it is "", and values are above `above` and
    at most `most`, where None is no such limit.
    """

    what: str
    above: float | None
    most: float | None
    applicants: int
    value: float


@dataclass(frozen=True)
class Line:
    """A line of the card: the characteristic by name and label, the bin, and its points."""

    feature: str
    label: str
    bin: Bin
    points: float


def lines(artifact: Artifact) -> list[Line]:
    """All lines of the card, characteristic by characteristic in the model's order."""
    model, scale = artifact.model, artifact.points
    chains = [list(_bins(tree["tree_structure"], model.features)) for tree in model.booster.dump_model()["tree_info"]]
    means = [
        sum(one.value * one.applicants for one in chain) / sum(one.applicants for one in chain) for chain in chains
    ]
    shared = float(scale.points(model.calibration.intercept + model.calibration.slope * sum(means))) / len(chains)
    per_margin = scale.factor * model.calibration.slope
    return [
        Line(item.feature.name, item.feature.label.en, one, shared - per_margin * (one.value - mean))
        for item, chain, mean in zip(model.features, chains, means, strict=True)
        for one in chain
    ]


def _bins(node: dict[str, Any], features: tuple[ModelFeature, ...]) -> Iterator[Bin]:
    """The bins of a chain, from its root down; the one that is left, last."""
    what, low, item = "other or missing", None, features[node["split_feature"]]
    while "split_feature" in node:
        if node["decision_type"] == "==":
            yield _bin(item.levels[int(node["threshold"])], None, None, node["left_child"])
            node = node["right_child"]
        elif node["threshold"] >= ABOVE_ALL:
            yield _bin("missing", None, None, node["right_child"])
            what, node = "known", node["left_child"]
        else:
            yield _bin("", low, node["threshold"], node["left_child"])
            what, low, node = "", node["threshold"], node["right_child"]
    yield _bin(what, low, None, node)


def _bin(what: str, above: float | None, most: float | None, leaf: dict[str, Any]) -> Bin:
    return Bin(what, above, most, leaf["leaf_count"], leaf["leaf_value"])


def card_section(artifact: Artifact) -> Section:
    """The section."""
    columns: dict[str, Form] = {
        "characteristic": "text",
        "name": "text",
        "bin": "text",
        "above": "number",
        "at most": "number",
        "training applicants": "count",
        "points": "number",
    }
    rows = [
        (line.label, line.feature, one.what, one.above, one.most, one.applicants, line.points)
        for line in lines(artifact)
        for one in (line.bin,)
    ]
    paragraph = (
        f"{len(artifact.model.features)} characteristics; an applicant's points are the sum of one line of each, "
        "more points for less risk."
    )
    return section("card", [paragraph], [], [pack_table("card", "The scorecard", columns, rows)])
