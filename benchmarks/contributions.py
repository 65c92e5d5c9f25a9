"""`python -m benchmarks.contributions`: the contributions of one row, looked up and as LightGBM computes them."""

from __future__ import annotations

from itertools import cycle
from time import process_time

from benchmarks.demo import demo_service
from benchmarks.timing import medians
from scoring.artifact.shapley import contributions_of
from scoring.serving.service import Service

ROWS = 200


def contributions(service: Service) -> list[str]:
    """Both in turns on one core, and the processor time to make the look-up."""
    booster, matrix = service.artifact.model.booster, service.artifact.population.matrix
    start = process_time()
    found = contributions_of(booster)
    made = process_time() - start
    if found is None:
        return ["contributions: the trees are too large to be looked up"]
    one, other = (cycle(matrix[place : place + 1] for place in range(ROWS)) for _ in range(2))
    taken = medians(
        {
            "looked up": lambda: found.of(next(one)),
            "LightGBM": lambda: booster.predict(next(other), pred_contrib=True, num_threads=1),
        },
        ROWS,
    )
    return [
        f"contributions of one row: {1e3 * taken['looked up']:.2f} ms looked up, {1e3 * taken['LightGBM']:.2f} ms by "
        f"LightGBM; {made:.1f} s and {found.table.nbytes / 1e6:.0f} MB to look up {booster.num_trees():,} trees"
    ]


if __name__ == "__main__":
    print("\n".join(contributions(demo_service())))
