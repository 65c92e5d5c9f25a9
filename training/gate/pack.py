"""The validation pack as a check of the gate.

It must be of this model and, where the gate has tables of its own, on them; it must hold every finding that this code
knows, and none out of the lender's bounds.
"""

from __future__ import annotations

from pathlib import Path

from scoring.artifact.load import Artifact
from scoring.validation import ValidationPack, read_pack
from training.dataset.dataset import fingerprint
from training.gate.gate import Check

NAME = "validation"


def validated(challenger: Artifact, folder: Path, known: frozenset[str], data: Path | None = None) -> Check:
    """The check on the pack in a folder; `known` are the names of all findings, `data` the tables of the gate.

    Raises:
        PackError: there is no pack, or it is malformed, or was edited.
    """
    pack = read_pack(folder)
    if unfit := _unfit(pack, challenger, known, data):
        return Check(NAME, False, f"the pack in {folder} {unfit}. Validate this version again", {})
    findings, outside = len(list(pack.findings)), pack.outside
    beyond = f": {', '.join(finding.name for finding in outside)}" if outside else ""
    found = f"{findings} findings on {pack.rows.applicants} applicants, {len(outside)} out of bound{beyond}"
    return Check(NAME, not outside, found, {"findings": findings, "outside": len(outside)})


def _unfit(pack: ValidationPack, challenger: Artifact, known: frozenset[str], data: Path | None) -> str:
    """Why a pack says nothing of this version; empty if it does."""
    ours, theirs = challenger.identity, pack.model
    if theirs.revision != ours.revision:
        return f"is of {theirs.version} ({theirs.revision}), not of {ours.version} ({ours.revision})"
    if data and pack.rows.fingerprint != fingerprint(data):
        return f"is on other applicants than those of --data {data}"
    if lacking := sorted(known - {finding.name for _, finding in pack.findings}):
        return f"lacks findings, as one of an older code does: {', '.join(lacking)}"
    return ""
