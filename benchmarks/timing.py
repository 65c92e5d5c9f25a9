"""Medians of repeated runs, taken in turns so that a noisy moment hits every contender alike."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from statistics import median
from time import perf_counter


def medians(contenders: Mapping[str, Callable[[], object]], rounds: int) -> dict[str, float]:
    """Median seconds of each contender over that many rounds, each round running every contender once."""
    taken: dict[str, list[float]] = {name: [] for name in contenders}
    for run in contenders.values():
        run()
    for _ in range(rounds):
        for name, run in contenders.items():
            start = perf_counter()
            run()
            taken[name].append(perf_counter() - start)
    return {name: median(seconds) for name, seconds in taken.items()}
