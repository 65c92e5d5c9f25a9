"""The command `compare`: runs all combinations on the same rows, in parallel, then writes table and report."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from joblib import Parallel, cpu_count, delayed
from joblib.externals.loky.process_executor import TerminatedWorkerError
from threadpoolctl import threadpool_limits
from tqdm import tqdm

from scoring.artifact.manifest import write_json
from scoring.errors import TrainingError
from scoring.files import complete_or_absent
from training.compare.assess import assess
from training.compare.combination import SCORECARD, Combination, Setting, Strategy, setting
from training.compare.curves import draw_all
from training.compare.full_disk import reporting_full_disk
from training.compare.models import MODELS, Budget
from training.compare.record import NATIVE_MODELS, STUDIES, Finished, claimed, load, open_folder, save, settings_of
from training.compare.report import report
from training.compare.rows import Indices, Parts, folds, part
from training.compare.scorecard import assess_scorecard
from training.compare.search import open_storage
from training.compare.table import Table, as_frame, as_json, make_table
from training.compare.track import track
from training.dataset.dataset import applicant_table
from training.tables.read import read_tables

# Fast models last, so that no core idles for long at the end.
COMBINATIONS = (*(Combination(model, strategy) for model in reversed(MODELS) for strategy in Strategy), SCORECARD)


def compare(data: Path, out: Path, budget: Budget, seed: int, jobs: int | None = None) -> str:
    """Compares all combinations, writes the folder `out`, and returns the report.

    Args:
        data: folder of the lender's tables.
        out: folder of the comparison; what an interrupted command has finished there is kept.
        budget: how much work to spend.
        seed: for split, folds, search, models and resamples; the same data, budget and seed give the same table.
        jobs: combinations to run in parallel, each on one thread (default: one per core).

    Raises:
        TableError: a table cannot be used.
        TrainingError: the data cannot be learnt from, `out` holds something else, or a process was killed.
        OutputError: the disk is full, or `out` cannot be written to.
    """
    settings = settings_of(data, budget, seed)
    with reporting_full_disk(out):
        open_folder(out, settings)
        parts = part(applicant_table(read_tables(data), "train"), seed)
        finish_all(parts, budget, seed, out, jobs or cpu_count())
        finished = [found for combination in COMBINATIONS if (found := load(out, combination))]
        table = make_table(finished, parts.learn.outcomes, parts.test.outcomes, seed)
        page = report(table, parts, budget, seed)
        draw_all(table, parts, out)
        _write(out, table, page)
        track(table, parts, settings, out)
    return page


def finish_all(parts: Parts, budget: Budget, seed: int, out: Path, jobs: int) -> None:
    """Finishes the remaining combinations, `jobs` at a time.

    Raises:
        TrainingError: one of the processes was killed.
    """
    shared = setting(parts, budget, seed)
    indices = folds(parts.learn, budget.folds, seed)
    open_storage(out / STUDIES)  # creates the tables before several processes need them
    todo = [combination for combination in COMBINATIONS if load(out, combination) is None]
    done = len(COMBINATIONS) - len(todo)
    work = Parallel(n_jobs=jobs, return_as="generator_unordered", inner_max_num_threads=1)
    tasks = (delayed(finish)(combination, parts, indices, shared, out) for combination in todo)
    try:
        for _ in tqdm(work(tasks), desc="comparison", unit=" combinations", initial=done, total=len(COMBINATIONS)):
            pass
    except TerminatedWorkerError as error:
        raise TrainingError(
            "A process of the comparison was ended from outside, most likely for want of memory. What it had finished "
            "is kept: the same command goes on, and with --jobs 1 it needs the least memory."
        ) from error


def finish(
    combination: Combination, parts: Parts, indices: Sequence[tuple[Indices, Indices]], shared: Setting, out: Path
) -> None:
    """Assesses one combination on one thread and saves it, unless another process already has."""
    with reporting_full_disk(out), claimed(out, combination), threadpool_limits(1):
        if load(out, combination) is None:
            save(out, _assessed(combination, parts, indices, shared, out))


def _assessed(
    combination: Combination, parts: Parts, indices: Sequence[tuple[Indices, Indices]], shared: Setting, out: Path
) -> Finished:
    if combination == SCORECARD:
        return assess_scorecard(parts, indices, shared.seed, out / NATIVE_MODELS)
    return assess(combination, parts, indices, shared, open_storage(out / STUDIES), out / NATIVE_MODELS)


def _write(out: Path, table: Table, page: str) -> None:
    with complete_or_absent(out / "comparison.csv") as file:
        as_frame(table).to_csv(file, index=False)
    with complete_or_absent(out / "comparison.json") as file:
        write_json(file, as_json(table))
    with complete_or_absent(out / "report.md") as file:
        file.write_text(page, encoding="utf-8")
