"""Medians of repeated runs, alternating, so that noise affects all candidates alike."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from statistics import median
from time import perf_counter


def medians(contenders: Mapping[str, Callable[[], object]], rounds: int) -> dict[str, float]:
    """Each contender's median seconds; every round runs each contender once."""
    taken: dict[str, list[float]] = {name: [] for name in contenders}
    for run in contenders.values():
        run()
    for _ in range(rounds):
        for name, run in contenders.items():
            start = perf_counter()
            run()
            taken[name].append(perf_counter() - start)
    return {name: median(seconds) for name, seconds in taken.items()}
