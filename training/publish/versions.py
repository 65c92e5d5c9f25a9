"""The versions of a repo: the content of each tag, and which one is served."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from huggingface_hub import HfApi

from scoring.artifact.manifest import MANIFEST
from training.gate.gate import gate_of
from training.publish.hub import existing, fetch_json
from training.publish.version import SHOWN, same_model


@dataclass(frozen=True)
class Version:
    """One tag: its commit, the artifact's version and day of training, held-out figures, and the gate's verdict."""

    tag: str
    commit: str
    served: bool
    version: str
    created: str
    auc: float
    cost: float
    calibration_error: float
    gate: str


def versions(api: HfApi, repo: str) -> list[Version]:
    """Every tag that holds an artifact, the newest training first.

    Raises:
        HubError: the hub cannot be reached, or refuses.
    """
    head, tags = existing(api, repo)
    served = fetch_json(api, repo, head, MANIFEST)
    listed = []
    for tag, commit in tags.items():
        manifest, metrics = (fetch_json(api, repo, commit, name) for name in (MANIFEST, "metrics.json"))
        if manifest is None or metrics is None:
            continue
        held_out, gate = metrics["held_out"], gate_of(manifest)
        listed.append(
            Version(
                tag,
                commit,
                same_model(manifest, served),
                manifest["version"],
                manifest["created"],
                held_out["auc"],
                held_out["cost"],
                held_out["calibration_error"],
                gate.verdict if gate else "not published through the gate",
            )
        )
    return sorted(listed, key=lambda version: version.created, reverse=True)


def version_table(listed: Iterable[Version]) -> str:
    """The versions as a table for a terminal; an arrow marks the served one."""
    head = ("", "tag", "commit", "version", "trained", "AUC", "cost", "calibration", "gate")
    lines = [
        (
            "->" if each.served else "",
            each.tag,
            each.commit[:SHOWN],
            each.version,
            each.created[:16],
            f"{each.auc:.4f}",
            f"{each.cost:.6g}",
            f"{each.calibration_error:.4f}",
            each.gate,
        )
        for each in listed
    ]
    widths = [max(len(line[column]) for line in (head, *lines)) for column in range(len(head))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in (head, *lines)
    )
