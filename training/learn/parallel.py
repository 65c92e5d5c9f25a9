"""Independent fits on all cores, each on one thread.

The trees are small: LightGBM's own threads would spend more time waiting for each other than working, 20 times as much
on a busy machine.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

from joblib import Parallel, cpu_count, delayed

T = TypeVar("T")


def in_parallel(tasks: Iterable[Callable[[], T]], most: int | None = None) -> list[T]:
    """The results of the tasks, in their order; no more than `most` at once, nor than there are cores.

    In threads, which share the rows: LightGBM works outside the interpreter's lock.
    """
    jobs = min(cpu_count(), most or cpu_count())
    return Parallel(n_jobs=jobs, backend="threading")(delayed(task)() for task in tasks)
