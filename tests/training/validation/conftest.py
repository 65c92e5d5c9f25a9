"""Applicants to validate on: the bundled artifact's reference population, made up."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd
import pytest

from scoring.arrays import Floats
from scoring.artifact.load import Artifact, load_artifact
from scoring.artifact.population import PROBABILITY
from tests.training.tiny_artifacts import TINY
from training.validation.bounds import Bounds, read_bounds
from training.validation.rows import Rows

MARK = "0" * 64


@pytest.fixture(scope="session")
def bounds() -> Bounds:
    """The bundled bounds."""
    return read_bounds()


@pytest.fixture(scope="session")
def tiny() -> Artifact:
    """The small artifact."""
    return load_artifact(TINY, "tiny")


@pytest.fixture(scope="session")
def held_out(artifact: Artifact) -> Rows:
    """The applicants that the bundled model's training held out."""
    frame = artifact.population.frame
    return Rows(artifact, frame, frame[PROBABILITY].to_numpy(dtype=np.float64), False, None)


@pytest.fixture(scope="session")
def later(artifact: Artifact) -> Callable[..., Rows]:
    """The same as applicants who came later, with columns or probabilities changed."""

    def changed(columns: Mapping[str, Any] | None = None, probabilities: Floats | None = None) -> Rows:
        frame: pd.DataFrame = artifact.population.frame.assign(**(columns or {}))
        own = frame[PROBABILITY].to_numpy(dtype=np.float64)
        return Rows(artifact, frame, own if probabilities is None else probabilities, True, MARK)

    return changed
