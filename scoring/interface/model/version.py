"""The version: its origin, the gate's result, and what changed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from scoring import __version__
from scoring.artifact.in_words import source_in_words
from scoring.artifact.lineage import CHANGED_FIGURES, Changes, GateResult, Lineage, gate_result, lineage_of
from scoring.artifact.load import Artifact
from scoring.interface.html import element, words
from scoring.interface.model.parts import ARROW, facts, folded, paragraph, scrolled, section
from scoring.markup import Table
from scoring.words.language import Language
from scoring.words.wording import number, percent, short_number, text, texts

MOST_FEATURES = 8


def version_section(artifact: Artifact, language: Language) -> str:
    """The whole section."""
    gate, lineage = gate_result(artifact.manifest), lineage_of(artifact.manifest)
    parts = [facts(_provenance(artifact, language))]
    if gate is None:
        parts.append(paragraph("model.never_published", language))
    else:
        parts += _gate(gate, language)
    if lineage:
        parts += _changes(lineage, artifact, language)
    return section("version", parts, language)


def _provenance(artifact: Artifact, language: Language) -> dict[str, str]:
    manifest, identity = artifact.manifest, artifact.identity
    out_of_fold, held_out = artifact.metrics["out_of_fold"], artifact.metrics["held_out"]
    counts = [number(part["applicants"], language, 0) for part in (out_of_fold, held_out)]
    total = number(out_of_fold["applicants"] + held_out["applicants"], language, 0)
    rate = percent(held_out["default_rate"], language, 2)
    origin = text("model.made_up" if artifact.synthetic else "model.lenders", language)
    known = {
        "version": identity.version,
        "source": source_in_words(identity, language),
        "revision": identity.revision,
        "trained": f"{manifest['created'][:16].replace('T', ' ')} UTC",
        "data": text("model.data", language, origin=origin, total=total, learnt=counts[0], held_out=counts[1]),
        "default_rate": text("model.rate_held_out", language, rate=rate),
        "fingerprint": manifest["data_fingerprint"],
        "features": text("model.features", language, count=len(artifact.model.features)),
        "code": _code(manifest),
        "libraries": ", ".join(f"{name} {version}" for name, version in manifest["libraries"].items()),
        "app": __version__,
    }
    return {text(f"model.fact.{name}", language): fact for name, fact in known.items()}


def _code(manifest: Mapping[str, Any]) -> str:
    """Version and commit of the code that trained the model; older artifacts have the commit alone."""
    return " · ".join(manifest[entry] for entry in ("code_version", "code_commit") if entry in manifest)


def gate_in_words(gate: GateResult, language: Language) -> str:
    """The gate's result in a sentence."""
    against = gate.against or text("model.gate.first", language)
    if not gate.failed:
        return text("model.gate.passed", language, checks=len(gate.checks), against=against)
    failed = ", ".join(_check_name(name, language) for name in gate.failed)
    reason = gate.reason or ""
    return text("model.gate.failed", language, failed=failed, against=against, reason=reason)


def _check_name(name: str, language: Language) -> str:
    """A check in words; one that is not in the catalogue keeps its stored name."""
    key = f"model.check.{name}"
    return text(key, language) if key in texts() else name


def _gate(gate: GateResult, language: Language) -> list[str]:
    rows: list[tuple[str, ...]] = [
        (_check_name(check.name, language), text("yes" if check.passed else "no", language), check.told)
        for check in gate.checks
    ]
    headers = tuple(text(f"model.gate.{key}", language) for key in ("check", "fulfilled", "found"))
    return [
        words("h3", text("model.gate", language)),
        words("p", gate_in_words(gate, language)),
        folded(Table(text("model.gate.checks", language), headers, rows)),
    ]


def _changes(lineage: Lineage, artifact: Artifact, language: Language) -> list[str]:
    parts = [words("h3", text("model.changes", language))]
    if lineage.changes is None:
        parts.append(paragraph("model.changes.first", language))
    else:
        parts += [
            words("p", changes_in_words(lineage.changes, language)),
            _figures(lineage.changes, artifact, language),
        ]
        parts.append(_features(lineage.changes, artifact, language))
    if lineage.versions:
        parts.append(folded(_versions(lineage, language)))
    return parts


def changes_in_words(changes: Changes, language: Language) -> str:
    """What changed for applicants, in a sentence."""
    flips = sum(flip.applicants for flip in changes.flips)
    share = percent(flips / changes.applicants, language) if changes.applicants else ""
    auc, cost = (
        ARROW.join(short_number(side, language, 4) for side in changes.figures[name]) for name in ("auc", "cost")
    )
    return text(
        "model.changes.told",
        language,
        version=changes.version,
        auc=auc,
        cost=cost,
        flips=number(flips, language, 0),
        applicants=number(changes.applicants, language, 0),
        share=share,
    )


def _figures(changes: Changes, artifact: Artifact, language: Language) -> str:
    rows: list[tuple[str, ...]] = [
        (text(f"model.figure.{name}", language), *(short_number(side, language, 4) for side in changes.figures[name]))
        for name in CHANGED_FIGURES
    ]
    before, after = changes.thresholds
    if before is not None and after is not None:
        row = text("model.figure.threshold", language), percent(before, language), percent(after, language)
        rows.append(row)
    for flip in changes.flips:
        name = text(f"decision.{flip.before}", language) + ARROW + text(f"decision.{flip.after}", language)
        rows.append((name, "", number(flip.applicants, language, 0)))
    headers = (text("model.figure", language), changes.version, artifact.identity.version)
    return scrolled(Table(text("model.changes.table", language), headers, rows))


def _features(changes: Changes, artifact: Artifact, language: Language) -> str:
    labels = {item.feature.name: item.feature.label[language] for item in artifact.model.features}
    lines = []
    for key, names in (("added", changes.added), ("removed", changes.removed)):
        shown = [labels.get(name, name) for name in names[:MOST_FEATURES]]
        listed = " · ".join(shown) + (" …" if len(names) > MOST_FEATURES else "")
        lines.append(
            words("li", text(f"model.changes.{key}", language, count=len(names)) + (f": {listed}" if listed else ""))
        )
    return element("ul", "".join(lines), "cs-small")


def _versions(lineage: Lineage, language: Language) -> Table:
    rows: list[tuple[str, ...]] = [
        (
            past.tag,
            past.version,
            past.created[:10],
            number(past.auc, language, 4),
            number(past.calibration_error, language, 4),
            past.gate or text("model.no_gate", language),
        )
        for past in lineage.versions
    ]
    keys = ("tag", "version", "trained", "auc", "calibration_error", "gate")
    headers = tuple(text(f"model.versions.{key}", language) for key in keys)
    return Table(text("model.versions", language, tag=lineage.tag), headers, rows)
