"""Which model was validated on which applicants, and what such a validation cannot show."""

from __future__ import annotations

import numpy as np

from scoring.lender.roles import CREDIT
from scoring.validation import Section
from training.build.report import threshold
from training.gate.held_out import row_keys
from training.validation.bounds import Bounds
from training.validation.rows import Rows, left_out_in_words
from training.validation.section import pack_table, percent, section

PURPOSE = (
    "The model gives the probability that an applicant will have payment difficulties, from which a decision rule by "
    "the cost of errors recommends to approve, to refer to a colleague or to refuse. A person decides."
)
LIMIT = (
    "Outcomes are known of applicants who were granted a loan. What would have become of the others is not known, and "
    "no figure below tells it."
)
MADE_UP = "The model was trained on made-up applicants: nothing here says how it would do on real ones."
QUICK = (
    "The model was trained with --quick, for a first look: it is not a version to be served, and publishing refuses it."
)


def scope_section(rows: Rows, bounds: Bounds) -> Section:
    """The section."""
    manifest, scale, defaults = rows.artifact.manifest, rows.artifact.points, int(rows.outcomes.sum())
    amount = float(np.nan_to_num(rows.frame[CREDIT].to_numpy(dtype=np.float64)).sum())
    number, rate = len(rows.frame), percent(defaults / len(rows.frame), 2)
    again = int(row_keys(rows.frame).duplicated().sum())
    findings = [
        bounds.finding(
            "defaults",
            defaults,
            f"{number:,} applicants, of whom {defaults:,} defaulted ({rate})",
            "count",
        ),
        bounds.finding(
            "duplicates",
            again / number,
            f"{again:,} applicants equal an earlier one in every field and the outcome; intervals take them for new",
            "all fields of the application and the outcome alike",
        ),
    ]
    lines = [
        ("version", rows.artifact.identity.version),
        ("revision", rows.artifact.identity.revision),
        ("trained", manifest["created"]),
        ("code", manifest.get("code_version") or manifest["code_commit"]),
        ("tables of the training, SHA-256", manifest["data_fingerprint"]),
        ("tables validated on, SHA-256", rows.fingerprint or "none: the artifact's own reference population"),
        ("decision rule", threshold(rows.artifact.rule)),
        ("points", f"{scale.base:g} at odds of {scale.odds:g}, {scale.double:g} to double them"),
        ("file of bounds, SHA-256", bounds.sha256),
    ]
    left_out = [left_out_in_words(rows)] if rows.left_out else []
    paragraphs = [PURPOSE, f"Validated on {number:,} {rows.told}.", *left_out, LIMIT]
    sizes = [
        ("applicants", number),
        ("defaults", defaults),
        ("inputs of the model", len(rows.artifact.model.features)),
        ("amount asked for, all applicants", amount),
    ]
    tables = [
        pack_table("scope", "What was validated", {"what": "text", "value": "text"}, lines),
        pack_table("sizes", "How many, and how much", {"what": "text", "value": "amount"}, sizes),
    ]
    marked = [*([MADE_UP] if rows.artifact.synthetic else []), *([QUICK] if manifest.get("quick") else [])]
    return section("scope", [*paragraphs, *marked], findings, tables)
