"""The scenarios beside each applicant: one column, with the features that each step changes and nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from scoring.applicants.scenarios import COLUMN, COLUMN_TYPE, HistoryStep, scenario_metadata
from scoring.lender.roles import APPLICANT_ID
from training.aggregates.scenario import PAID
from training.dataset.scenarios import STEPS, variants
from training.lender.history import FEATURES
from training.tables.batches import stored_batches, write_sorted
from training.tables.engines import running
from training.tables.read import Tables

NAMES = tuple(feature.name for feature in FEATURES)


def scenarios_declared() -> dict[bytes, bytes]:
    """What the footer says of the column: the steps and features that it numbers."""
    steps = [HistoryStep(step.scenario.key, step.scenario.table, step.parameter, step.scenario.words) for step in STEPS]
    return scenario_metadata(steps, NAMES)


def with_scenarios(batches: Iterable[pa.Table], tables: Tables) -> Iterator[pa.Table]:
    """The batches, sorted by applicant, with `COLUMN` more.

    Each part of the variants is written to a sorted temporary file and read beside the batches, so that memory holds
    the variants of one batch.

    Args:
        batches: the features on file.
        tables: those that they are computed from, which some scenario changes.

    Raises:
        EngineError: the engine cannot finish.
        TableError: a file of a table is damaged.
    """
    with TemporaryDirectory(prefix="scenarios-", ignore_cleanup_errors=True) as scratch:
        found = variants(tables, Path(scratch))
        parts = [found.costs, *found.groups]
        paths = [Path(scratch) / f"{number}.parquet" for number in range(len(parts))]
        with running(Path(scratch), tables.connection):
            for part, path in zip(parts, paths, strict=True):
                write_sorted(part, path)
        costs, *groups = (_Sorted(path) for path in paths)
        for batch in batches:
            last = int(batch[APPLICANT_ID][-1].as_py() + 1) * len(STEPS) - 1
            column = _column(batch, costs.until(last), [group.until(last) for group in groups])
            yield batch.append_column(pa.field(COLUMN, COLUMN_TYPE), column)


class _Sorted:
    """A file sorted by id, read on as far as is asked."""

    def __init__(self, path: Path) -> None:
        self._coming = stored_batches(path)
        self._read = next(self._coming, None)

    def until(self, last: int) -> pa.Table | None:
        """The rows not read yet whose id is at most `last`; None once there are no more rows at all."""
        found: list[pa.Table] = []
        while self._read is not None:
            count = int(np.searchsorted(self._read[APPLICANT_ID].to_numpy(), last, side="right"))
            found.append(self._read.slice(0, count))
            if count < len(self._read):
                self._read = self._read.slice(count)
                break
            self._read = next(self._coming, None)
        return pa.concat_tables(found) if found else None


def _column(batch: pa.Table, costs: pa.Table | None, groups: list[pa.Table | None]) -> pa.Array:
    """The column for a batch of applicants, a list of (step, cost, changed features) each."""
    applicants = batch[APPLICANT_ID].to_numpy()
    if costs is None:
        return pa.array([[]] * len(batch), COLUMN_TYPE)
    ids = costs[APPLICANT_ID].to_numpy()
    changes = [_changes(batch, applicants, ids, group) for group in groups if group is not None]
    rows, features, values = (np.concatenate(found) for found in zip(*changes, strict=True))
    order = np.lexsort((features, rows))
    # A step that costs but changes no feature is of no use to anybody.
    kept = np.unique(rows)
    changed = pa.ListArray.from_arrays(
        pa.array(np.append(np.searchsorted(rows[order], kept), len(rows)), pa.int32()),
        pa.StructArray.from_arrays(
            [pa.array(features[order], pa.int16()), pa.array(values[order], pa.float32(), from_pandas=True)],
            fields=list(COLUMN_TYPE.value_type.field("features").type.value_type),
        ),
    )
    steps = pa.StructArray.from_arrays(
        [pa.array(ids[kept] % len(STEPS), pa.int16()), costs[PAID].combine_chunks().take(pa.array(kept)), changed],
        fields=list(COLUMN_TYPE.value_type),
    )
    begins = np.searchsorted(ids[kept] // len(STEPS), applicants)
    return pa.ListArray.from_arrays(pa.array(np.append(begins, len(kept)), pa.int32()), steps).cast(COLUMN_TYPE)


def _changes(
    batch: pa.Table, applicants: NDArray[np.int64], ids: NDArray[np.int64], group: pa.Table
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float32]]:
    """Where a group's features differ from those on file: place among the variants, place in `NAMES`, new value."""
    variants = group[APPLICANT_ID].to_numpy()
    names = [name for name in group.column_names if name != APPLICANT_ID]
    new = np.array([group[name].to_numpy() for name in names], dtype=np.float32)
    of = np.searchsorted(applicants, variants // len(STEPS))
    old = np.array([batch[name].to_numpy() for name in names], dtype=np.float32)[:, of]
    feature, row = np.nonzero((new != old) & ~(np.isnan(new) & np.isnan(old)))
    places = np.array([NAMES.index(name) for name in names])
    return np.searchsorted(ids, variants)[row], places[feature], new[feature, row]
