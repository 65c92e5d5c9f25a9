"""Independent fits on all cores, each on one thread.

The trees are small: LightGBM's own threads would spend more time waiting for each other than working, 20 times as much
on a busy machine.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

from joblib import Parallel, cpu_count, delayed

T = TypeVar("T")


def in_parallel(tasks: Iterable[Callable[[], T]]) -> list[T]:
    """The results of the tasks, in their order.

    In threads, which share the rows: LightGBM works outside the interpreter's lock.
    """
    return Parallel(n_jobs=cpu_count(), backend="threading")(delayed(task)() for task in tasks)
