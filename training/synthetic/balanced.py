"""Draws events that agree with their probabilities in every part of the rows, not only in the long run.

The cube method (Deville and Tillé, 2004, "Efficient balanced sampling: the cube method", Biometrika 91). Each event has
exactly the probability that is asked for; among all ways to draw such events together, this is one whose sums over
given columns come out as expected. What is learnt from the events is then as good as from many times as many.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

FREE = -1  # no row has this place of the basis yet
# Below these a coordinate is what rounding leaves of 0, and a probability that it leaves of 0 or 1.
INDEPENDENT, MOVED = 1e-7, 1e-9


def draw_balanced(probability: NDArray[np.float64], columns: csr_matrix, rng: np.random.Generator) -> NDArray[np.int64]:
    """Draws 0 or 1 for each row, 1 with its own probability, shape (n,).

    The sum of each of the `columns`, shape (n, k), over the rows that get 1 is the one expected, but for at most k rows
    that cannot be drawn without disturbing it: they are drawn by `draw_systematic` in the order of their probability.
    """
    shares = _settled(probability, columns, rng)
    order = np.argsort(probability, kind="stable")
    drawn = np.empty(len(shares), dtype=np.int64)
    drawn[order] = draw_systematic(shares[order], rng)
    return drawn


def draw_systematic(probability: NDArray[np.float64], rng: np.random.Generator) -> NDArray[np.int64]:
    """Draws 0 or 1 for each row by systematic sampling: any run of rows gets its expected total, to within one."""
    crossed = np.floor(np.cumsum(probability) + rng.random())
    return np.diff(crossed, prepend=0.0).clip(0, 1).astype(np.int64)


@dataclass(frozen=True)
class _Basis:
    """Rows of which every other is a combination: `rows`, shape (k,), and `inverse`, shape (k, k).

    A row's coordinates are its columns times `inverse`. A free place stands for a unit vector.
    """

    rows: NDArray[np.int64]
    inverse: NDArray[np.float64]

    def coordinates(self, columns: csr_matrix, row: int) -> NDArray[np.float64]:
        entries = slice(columns.indptr[row], columns.indptr[row + 1])
        # No BLAS, whose sums depend on the machine: the same seed is to give the same bytes.
        return np.einsum("i,ij->j", columns.data[entries], self.inverse[columns.indices[entries]])

    def free_place(self, coordinates: NDArray[np.float64]) -> int | None:
        """A free place that a row of these coordinates can take, if it is no combination of the rows here."""
        free = np.flatnonzero(self.rows == FREE)
        if not len(free):
            return None
        place = free[np.argmax(np.abs(coordinates[free]))]
        return int(place) if abs(coordinates[place]) > INDEPENDENT else None

    def put(self, place: int, row: int, coordinates: NDArray[np.float64]) -> None:
        column = self.inverse[:, place] / coordinates[place]
        self.inverse[:] -= np.outer(column, coordinates)
        self.inverse[:, place] = column
        self.rows[place] = row


def _settled(probability: NDArray[np.float64], columns: csr_matrix, rng: np.random.Generator) -> NDArray[np.float64]:
    """Moves probabilities, whose expectations stay, to 0 or 1 until at most k rows are between: the flight phase."""
    shares = probability.astype(np.float64)
    size = columns.shape[1]
    basis = _Basis(np.full(size, FREE), np.eye(size))
    for row in rng.permutation(len(shares)):
        coordinates = basis.coordinates(columns, row)
        place = basis.free_place(coordinates)
        if place is None:
            place = _move(shares, row, basis, coordinates, rng)
        if place is not None:
            basis.put(place, row, coordinates)
    return shares


def _move(
    shares: NDArray[np.float64], row: int, basis: _Basis, coordinates: NDArray[np.float64], rng: np.random.Generator
) -> int | None:
    """Moves the row and those it is a combination of until one is 0 or 1: the place of that one, None for the row."""
    places = np.flatnonzero((basis.rows != FREE) & (np.abs(coordinates) > MOVED))
    rows = np.append(basis.rows[places], row)
    direction = np.append(-coordinates[places], 1.0)
    here = shares[rows]
    above, below = 1 - here, here
    up = (np.where(direction > 0, above, below) / np.abs(direction)).min()
    down = (np.where(direction > 0, below, above) / np.abs(direction)).min()
    moved = here + (up if rng.random() * (up + down) < down else -down) * direction
    settled = int(np.argmin(np.minimum(moved, 1 - moved)))
    moved[settled] = np.round(moved[settled])
    shares[rows] = moved.clip(0, 1)
    return None if settled == len(places) else int(places[settled])
