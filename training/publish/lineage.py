"""Collects a version's lineage at publication: earlier versions, changes, and other models."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from huggingface_hub import HfApi

from scoring.artifact.lineage import Changes, ComparedModel, Flip, PastVersion
from scoring.artifact.load import Artifact
from scoring.artifact.manifest import MANIFEST
from scoring.artifact.review import Rate
from scoring.decision.costs import RatioCosts
from scoring.decision.rule import DecisionRule
from scoring.errors import PublishError
from scoring.strict import MalformedError
from training.audit.in_words import quality_figures
from training.gate.gate import gate_of
from training.publish.diff import diff
from training.publish.hub import fetch_json


def past_versions(api: HfApi, repo: str, tags: Mapping[str, str]) -> list[PastVersion]:
    """Every tag that holds an artifact, the newest training first.

    Args:
        api: the hub.
        repo: ORG/NAME.
        tags: each tag's commit.

    Raises:
        HubError: the hub cannot be reached, or refuses.
    """
    found = []
    for tag, commit in tags.items():
        manifest, metrics = (fetch_json(api, repo, commit, name) for name in (MANIFEST, "metrics.json"))
        if manifest and metrics:
            found.append(_past_version(tag, manifest, metrics["held_out"]))
    return sorted(found, key=lambda version: version.created, reverse=True)


def _past_version(tag: str, manifest: Mapping[str, Any], held_out: Mapping[str, float]) -> PastVersion:
    gate = gate_of(manifest)
    figures = held_out["auc"], held_out["calibration_error"]
    return PastVersion(tag, manifest["version"], manifest["created"], *figures, gate.verdict if gate else "")


def changes(before: Artifact, after: Artifact) -> Changes:
    """The changes, with decisions on the applicants that both versions can score."""
    found = diff(before, after)
    was, now = quality_figures(before.quality), quality_figures(after.quality)
    return Changes(
        version=before.identity.version,
        figures=found.figures,
        explanations={name: (was.get(name), now.get(name)) for name in {**was, **now}},
        thresholds=(_threshold(before.rule), _threshold(after.rule)),
        added=found.added,
        removed=found.removed,
        applicants=found.applicants,
        flips=[Flip(*decisions, count) for decisions, count in found.flips.items() if count],
    )


def _threshold(rule: DecisionRule) -> float | None:
    return rule.costs.threshold(rule.k) if isinstance(rule.costs, RatioCosts) else None


def compared_models(folder: Path, data_fingerprint: str) -> list[ComparedModel]:
    """The table of a finished comparison, the best out of fold first.

    Raises:
        PublishError: the folder holds no finished comparison, or one on other tables.
    """
    table, settings = folder / "comparison.json", folder / "settings.json"
    if not (table.is_file() and settings.is_file()):
        raise PublishError(
            f"--comparison {folder}: no finished comparison there. Make one with: python -m training compare"
        )
    if json.loads(settings.read_text(encoding="utf-8"))["data_fingerprint"] != data_fingerprint:
        raise PublishError(
            f"--comparison {folder}: made on other tables than this version was trained on. Compare on the same ones."
        )
    try:
        return [
            ComparedModel(
                line["model"], line["strategy"], {name: Rate(**each) for name, each in line["figures"].items()}
            )
            for line in json.loads(table.read_text(encoding="utf-8"))
        ]
    except MalformedError as error:
        raise PublishError(f"--comparison {folder}: {table.name}: {error}. Compare again.") from error
