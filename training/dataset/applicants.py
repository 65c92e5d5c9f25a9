"""Writes the file of applicants for serving: raw fields and history features, sorted by id."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import pyarrow as pa

from scoring.applicants.applicant import Applicant
from scoring.applicants.file_check import NOT_LEARNT, SAMPLED
from scoring.applicants.scenarios import COLUMN, COLUMN_TYPE
from scoring.applicants.stamp import Stamp, stamp_metadata
from scoring.applicants.store import open_applicants
from scoring.checks.findings import findings_in_words
from scoring.checks.stored import stored_rows
from scoring.checks.unlike import unlike
from scoring.errors import TableError
from scoring.lender.roles import APPLICANT_ID
from scoring.schema.definition import field_table_digest
from scoring.schema.fields import fields
from training.dataset.dataset import raw_fields
from training.dataset.history import history_fields, history_parts
from training.dataset.scenario_column import scenarios_declared, with_scenarios
from training.dataset.scenarios import can_change
from training.tables.batches import side_by_side, write_batches
from training.tables.quarantine import Quarantine
from training.tables.read import Tables, read_tables

if TYPE_CHECKING:
    from scoring.artifact.load import Artifact

logger = logging.getLogger(__name__)

ARROW_TYPES = {"integer": pa.int64(), "number": pa.float64(), "text": pa.string()}


def write_applicants(data: Path, out: Path, model: Path | None = None, quarantine: Quarantine | None = None) -> int:
    """Writes all applicants of a folder of tables to one file, and returns their number.

    The file gets its name once it is complete. It has the id, the raw application fields and the history features as
    float32, but no outcome; and the history under each scenario that changes it (see `scoring.applicants.scenarios`).
    Its footer has the digest of the field table that values were checked by, and the number of rows left out.

    Args:
        data: folder of the tables.
        out: the file, Parquet or Arrow.
        model: folder of the artifact that will score them, whose reference population the columns are compared with;
            None: they are compared when they are scored.
        quarantine: where rows with values that are not allowed go; None: they stop the writing.

    Raises:
        EngineError: memory or disk do not suffice.
        OutputError: the file cannot be written.
        ArtifactError: the model cannot be loaded.
        TableError: a table cannot be used, or has values that are not allowed.
    """
    artifact = _opened(model) if model else None
    tables = read_tables(data, outcomes=False, quarantine=quarantine)
    if artifact:
        _compare(tables, artifact)
    return _write(tables, out, _stamp(tables, artifact))


def some_applicants(tables: Tables, ids: Sequence[int], history_names: tuple[str, ...]) -> list[Applicant]:
    """Some applicants of the tables, as a file of applicants would hold them, in the order of their ids.

    Args:
        tables: theirs and others'.
        ids: whose.
        history_names: the history features to read.

    Raises:
        EngineError: memory or disk do not suffice.
        OutputError: the disk is full.
        TableError: a table cannot be used.
    """
    with TemporaryDirectory(prefix="applicants-") as scratch:
        out = Path(scratch) / "applicants.arrow"
        _write(tables.of(ids), out, {})
        file = open_applicants(out, history_names)
        return [file.find(int(number)) for number in file.ids]


def _write(tables: Tables, out: Path, stamp: dict[bytes, bytes]) -> int:
    raw = [pa.field(field.name, ARROW_TYPES[field.type]) for field in fields().values()]
    schema = pa.schema([(APPLICANT_ID, pa.int64()), *raw, *history_fields(pa.float32())])
    _, *histories = history_parts(tables)
    batches = side_by_side([raw_fields(tables), *histories], schema)
    if can_change(tables):
        batches, stamp = with_scenarios(batches, tables), stamp | scenarios_declared()
        schema = schema.append(pa.field(COLUMN, COLUMN_TYPE))
    return write_batches(batches, schema.with_metadata(stamp), out)


def _opened(model: Path) -> Artifact:
    # Without a model to check against, the command does not wait for LightGBM.
    from scoring.artifact.load import load_artifact

    return load_artifact(model, model.name)


def _compare(tables: Tables, artifact: Artifact) -> None:
    """Compares a sample of the applicants with the model's reference population.

    Raises:
        TableError: a column is in another unit, or has its missing values filled.
    """
    applications = raw_fields(tables)
    every = -(-int(applications.count().execute()) // SAMPLED)
    sample = applications.filter(applications[APPLICANT_ID] % every == 0).order_by(APPLICANT_ID).to_pyarrow()
    found = unlike(stored_rows(sample).frame, artifact.population.frame)
    if stops := [each for each in found if each.refused]:
        raise TableError(findings_in_words("applications", NOT_LEARNT, stops))
    for each in found:
        logger.warning("applications: %s", each)


def _stamp(tables: Tables, artifact: Artifact | None) -> dict[bytes, bytes]:
    counts = {name: counts.rows for name, counts in tables.left_out.items()}
    return stamp_metadata(Stamp(field_table_digest(), artifact.profile if artifact else None, counts))
