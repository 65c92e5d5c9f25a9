"""Applicants as one side of a comparison."""

import pandas as pd

from scoring.drift.report import Side
from training.drift.populations import Population


def population(frame: pd.DataFrame) -> Population:
    return Population(Side("application_train", "0" * 64, len(frame)), frame)
