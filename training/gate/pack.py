"""The validation pack as a check of the gate: it is of this model, and nothing in it is out of the lender's bounds."""

from __future__ import annotations

from pathlib import Path

from scoring.artifact.load import Artifact
from scoring.validation import read_pack
from training.gate.gate import Check

NAME = "validation"


def validated(challenger: Artifact, folder: Path) -> Check:
    """The check on the pack in a folder.

    Raises:
        PackError: there is no pack, or it is malformed.
    """
    pack, ours = read_pack(folder), challenger.identity
    if pack.model.revision != ours.revision:
        found = (
            f"the pack in {folder} is of {pack.model.version} ({pack.model.revision}), not of {ours.version} "
            f"({ours.revision}). Validate this one"
        )
        return Check(NAME, False, found, {})
    findings, outside = len(list(pack.findings)), pack.outside
    beyond = f": {', '.join(finding.name for finding in outside)}" if outside else ""
    found = f"{findings} findings on {pack.rows.applicants} applicants, {len(outside)} out of bound{beyond}"
    return Check(NAME, not outside, found, {"findings": findings, "outside": len(outside)})
