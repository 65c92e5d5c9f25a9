"""Which columns of an application and its history a model reads, and how much rests on each."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from scoring.arrays import Columns, Floats
from scoring.schema.features import ModelFeature, history_inputs
from scoring.schema.fields import fields


class _Recorder(dict[str, NDArray]):
    """Columns that note which of them were read."""

    def __init__(self, columns: Columns) -> None:
        super().__init__(columns)
        self.read: set[str] = set()

    def __getitem__(self, name: str) -> NDArray:
        self.read.add(name)
        return super().__getitem__(name)


def columns_read(features: Sequence[ModelFeature], weights: Floats) -> dict[str, float]:
    """Each column that the features read -> the total weight of those that read it, by descending weight.

    Args:
        features: of the model.
        weights: of the features, shape (features,).
    """
    read: dict[str, float] = {}
    for item, weight in zip(features, weights.tolist(), strict=True):
        for name in _columns_of(item):
            read[name] = read.get(name, 0.0) + weight
    return dict(sorted(read.items(), key=lambda column: (-column[1], column[0])))


@lru_cache(maxsize=1024)
def fields_of(item: ModelFeature) -> tuple[str, ...]:
    """The raw fields that a feature is computed from, in the order of the field table."""
    read = _columns_of(item)
    return tuple(name for name in fields() if name in read)


def _columns_of(item: ModelFeature) -> set[str]:
    unknown = {name: np.array([None]) for name, field in fields().items() if field.type == "text"}
    numbers = [name for name in fields() if name not in unknown] + list(history_inputs([item]))
    recorder = _Recorder({**unknown, **dict.fromkeys(numbers, np.array([np.nan]))})
    item.read(recorder)
    return recorder.read
