"""Differences between two versions: figures, thresholds, features, and decisions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from huggingface_hub import HfApi
from numpy.typing import NDArray

from scoring.answers.applicant import Outcome
from scoring.artifact.load import Artifact, load_artifact
from scoring.artifact.model import feature_names
from scoring.decision.costs import cost_columns
from scoring.decision.rule import OUTCOMES
from scoring.errors import PublishError
from training.audit.in_words import QUALITY, RECOURSE, quality_figures, recourse_figures
from training.build.report import threshold
from training.gate.held_out import by_key, common_reference, served_probabilities
from training.publish.hub import fetch_artifact

FIGURES = ("auc", "brier", "calibration_error", "cost")
SHOWN = 20


@dataclass(frozen=True)
class Difference:
    """The differences between two versions.

    `figures` holds held-out figures by name, each before and after, `explanations` and `recourse` those on explanations
    and recourse (None where a version does not know one); `thresholds` the rules in words; `flips` how many of the
    `applicants` get another decision, by (before, after); `source` says who they are.
    """

    versions: tuple[str, str]
    figures: dict[str, tuple[float, float]]
    explanations: dict[str, tuple[float | None, float | None]]
    recourse: dict[str, tuple[float | None, float | None]]
    thresholds: tuple[str, str]
    added: list[str]
    removed: list[str]
    applicants: int
    source: str
    flips: dict[tuple[Outcome, Outcome], int]


def open_version(api: HfApi, words: str) -> Artifact:
    """The artifact in a folder, or the one that ORG/NAME@TAG holds (a branch or commit will do, too).

    Raises:
        PublishError: the argument names neither.
        ArtifactError: it cannot be served.
        HubError: the hub cannot be reached, or refuses.
    """
    if Path(words).is_dir():
        return load_artifact(Path(words), words)
    repo, at, revision = words.partition("@")
    if not at:
        raise PublishError(f"{words}: neither a folder nor a version on the hub. Give a folder, or ORG/NAME@TAG.")
    return fetch_artifact(api, repo, revision)[0]


def diff(before: Artifact, after: Artifact) -> Difference:
    """Compares two versions; decisions are those of the served models."""
    frame, source = _applicants(before, after)
    old, new = feature_names(before.model.features), feature_names(after.model.features)
    metrics = before.metrics["held_out"], after.metrics["held_out"]
    decisions = [_decisions(artifact, frame) for artifact in (before, after)]
    return Difference(
        versions=(_name(before), _name(after)),
        figures={name: (metrics[0][name], metrics[1][name]) for name in FIGURES},
        explanations=_paired(QUALITY, quality_figures(before.quality), quality_figures(after.quality)),
        recourse=_paired(RECOURSE, recourse_figures(before.recourse), recourse_figures(after.recourse)),
        thresholds=(threshold(before.rule), threshold(after.rule)),
        added=[name for name in new if name not in old],
        removed=[name for name in old if name not in new],
        applicants=len(frame),
        source=source,
        flips={
            (OUTCOMES[was], OUTCOMES[now]): int(((decisions[0] == was) & (decisions[1] == now)).sum())
            for was in range(len(OUTCOMES))
            for now in range(len(OUTCOMES))
            if was != now
        },
    )


def _paired(
    known: Mapping[str, str], was: Mapping[str, float], now: Mapping[str, float]
) -> dict[str, tuple[float | None, float | None]]:
    """The figures that either version knows, by what they are in words."""
    return {words: (was.get(name), now.get(name)) for name, words in known.items() if name in was or name in now}


def _applicants(before: Artifact, after: Artifact) -> tuple[pd.DataFrame, str]:
    """Applicants whom both models can read: those that both trainings held out, else the later version's own.

    A reference population holds the history of its own model's features only. What the other one reads besides is known
    for common applicants, and unknown to both artifacts for the rest.
    """
    common = common_reference(after, before)
    frame = common if len(common) else after.population.frame
    theirs = by_key(before).reindex(frame.index)
    lacking = [name for name in before.history_names if name not in frame.columns]
    source = "applicants that both trainings held out" if len(common) else f"applicants held out by {_name(after)}"
    if lacking and not len(common):
        source += f" ({len(lacking)} history columns that {_name(before)} reads are unknown of them)"
    return pd.concat([frame, theirs[lacking]], axis="columns"), source


def _name(artifact: Artifact) -> str:
    return artifact.identity.version


def _decisions(artifact: Artifact, frame: pd.DataFrame) -> NDArray[np.int8]:
    return artifact.rule.terms(cost_columns(frame)).decide(served_probabilities(artifact, frame))


def difference_lines(found: Difference) -> list[str]:
    """The differences in words, one per line."""
    before, after = found.versions
    return [
        f"{before} -> {after}",
        *(f"held out, {name.replace('_', ' ')}: {was:.6g} -> {now:.6g}" for name, (was, now) in found.figures.items()),
        *(
            [f"unchanged {found.thresholds[0]}"]
            if found.thresholds[0] == found.thresholds[1]
            else [f"before: {found.thresholds[0]}", f"after: {found.thresholds[1]}"]
        ),
        *(
            f"explanations, {words}: {_written(was)} -> {_written(now)}"
            for words, (was, now) in found.explanations.items()
        ),
        *(f"recourse, {words}: {_written(was)} -> {_written(now)}" for words, (was, now) in found.recourse.items()),
        _features("added", found.added),
        _features("removed", found.removed),
        f"decisions that flip: {sum(found.flips.values())} of {found.applicants} {found.source}",
        *(f"  {was} -> {now}: {count}" for (was, now), count in found.flips.items() if count),
    ]


def _written(figure: float | None) -> str:
    return "unknown" if figure is None else f"{figure:.3g}"


def _features(what: str, names: Iterable[str]) -> str:
    names = list(names)
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return f"features {what}: {', '.join(names[:SHOWN]) or 'none'}{more}"
