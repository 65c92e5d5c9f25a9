"""A version and applicants of known outcome -> the validation pack: JSON, page and workbook.

The same data, version and bounds give the same bytes: no clock is read and every draw has its seed.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from huggingface_hub import HfApi

from scoring.artifact.load import Artifact, load_artifact
from scoring.database.engine import open_existing
from scoring.errors import PackError
from scoring.files import complete_or_absent, writable
from scoring.oversight.overrides import OverrideReport, override_report
from scoring.validation import FORMAT, PAGE, WORKBOOK, ValidationPack, write_pack
from training.publish.diff import open_version
from training.validation.bands import bands_section
from training.validation.bounds import DEFAULT_BOUNDS, Bounds, read_bounds
from training.validation.calibration import calibration_section
from training.validation.card import card_section
from training.validation.complexity import complexity_section
from training.validation.cut_offs import cut_offs_section
from training.validation.discrimination import discrimination_section
from training.validation.explanations import explanations_section
from training.validation.groups import groups_section
from training.validation.leakage import leakage_section
from training.validation.over_time import over_time_section
from training.validation.overrides import overrides_section
from training.validation.page import pack_page
from training.validation.recourse import recourse_section
from training.validation.restraint import restraint_section
from training.validation.rows import Paired, Rows, paired, rows_of
from training.validation.scope import scope_section
from training.validation.sensitivity import sensitivity_section
from training.validation.stability import stability_section
from training.validation.swap_set import swap_set_section
from training.validation.workbook import write_workbook


@dataclass(frozen=True)
class Question:
    """What to validate.

    Args:
        artifact: a folder, or ORG/NAME@TAG on the hub.
        data: labelled tables (None: the applicants that training held out).
        against: another version, likewise.
        bounds: the lender's file of bounds.
        dates: a file of the dates of application.
        journal: address of the database in which people's decisions are.
    """

    artifact: str
    data: Path | None = None
    against: str | None = None
    bounds: Path = DEFAULT_BOUNDS
    dates: Path | None = None
    journal: str | None = None


def validate(question: Question, out: Path) -> ValidationPack:
    """Validates, and writes the pack's three files to a folder.

    Raises:
        TableError: a table cannot be used.
        ArtifactError, HubError, PublishError: a version cannot be loaded.
        GateError: the other version has learnt from these applicants.
        PackError: bounds, dates or applicants cannot be used.
        InvalidInputError, DatabaseError: the journal cannot be read.
        OutputError: the folder cannot be written to.
    """
    bounds = read_bounds(question.bounds)
    if question.dates and not question.data:
        raise PackError(
            f"--dates {question.dates}: the applicants that training held out have no ids. Give --data too."
        )
    rows = rows_of(opened(question.artifact), question.data)
    pair = paired(rows, question.data, opened(question.against)) if question.against else None
    report = decided(question.journal, rows.artifact) if question.journal else None
    pack = validation_pack(rows, pair, bounds, question.dates, report)
    with writable(out):
        out.mkdir(parents=True, exist_ok=True)
    write_pack(pack, out)
    with complete_or_absent(out / PAGE) as partial:
        partial.write_text(pack_page(pack), encoding="utf-8")
    with complete_or_absent(out / WORKBOOK) as partial:
        write_workbook(pack, partial)
    return pack


def opened(words: str) -> Artifact:
    """The artifact in a folder, whose path the pack leaves out, or of a version on the hub."""
    folder = Path(words)
    return load_artifact(folder, folder.resolve().name) if folder.is_dir() else open_version(HfApi(), words)


def decided(journal: str, artifact: Artifact) -> OverrideReport:
    """What people decided with this version.

    Raises:
        InvalidInputError: the address is not allowed.
        DatabaseError: the journal cannot be reached.
    """
    return override_report(open_existing(journal), revision=artifact.identity.revision)


def validation_pack(
    rows: Rows, pair: Paired | None, bounds: Bounds, dates: Path | None = None, report: OverrideReport | None = None
) -> ValidationPack:
    """All sections; the card only where the model is one."""
    simple = rows.artifact.manifest.get("kind") == "scorecard"
    sections = [
        scope_section(rows, bounds),
        *([card_section(rows.artifact)] if simple else []),
        discrimination_section(rows, bounds),
        bands_section(rows, bounds),
        calibration_section(rows, bounds),
        cut_offs_section(rows, bounds),
        complexity_section(rows, bounds),
        swap_set_section(rows, pair, bounds),
        stability_section(rows, bounds),
        over_time_section(rows, dates, bounds),
        sensitivity_section(rows, bounds),
        leakage_section(rows, bounds),
        restraint_section(rows, bounds),
        groups_section(rows, bounds),
        explanations_section(rows, bounds),
        recourse_section(rows, bounds),
        overrides_section(report, bounds),
    ]
    return ValidationPack(
        format=FORMAT,
        model=rows.artifact.identity,
        against=pair.other.identity if pair else None,
        rows=rows.summary,
        bounds=bounds.sha256,
        sections=sections,
    )


def verdict_lines(pack: ValidationPack) -> list[str]:
    """The result for a terminal: how many findings are within their bounds, then those that are not."""
    verdicts = [finding.verdict for _, finding in pack.findings]
    counts = ", ".join(f"{verdicts.count(kind)} {kind}" for kind in ("within", "outside", "unbounded", "untested"))
    lines = [f"outside  {finding.name}: {finding.told}" for finding in pack.outside]
    return [f"{len(verdicts)} findings: {counts}", *lines]
