"""Applicants to shift: the bundled artifact's reference population, made up, without drift."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from scoring.artifact.load import Artifact


@pytest.fixture(scope="session")
def halves(artifact: Artifact) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Two random halves of the same applicants."""
    frame = artifact.population.frame
    order = np.random.default_rng(5).permutation(len(frame))
    middle = len(frame) // 2
    return frame.iloc[order[:middle]].reset_index(drop=True), frame.iloc[order[middle:]].reset_index(drop=True)
