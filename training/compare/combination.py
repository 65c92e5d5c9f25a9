"""What is compared: combinations of a model and a treatment of class imbalance, and their common settings."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from training.compare.models import MODELS, Budget, ModelKind
from training.compare.rows import Parts


class Strategy(StrEnum):
    """Treatments of class imbalance: 8 % of applicants default."""

    NONE = "none"
    CLASS_WEIGHTS = "class weights"
    SMOTE = "SMOTE"
    UNDERSAMPLING = "under-sampling"


@dataclass(frozen=True)
class Combination:
    """A model with a treatment of class imbalance."""

    model: str
    strategy: Strategy

    def __str__(self) -> str:
        return f"{self.model}, {self.strategy}"

    @property
    def kind(self) -> ModelKind:
        """Its kind of model."""
        return MODELS[self.model]

    @property
    def slug(self) -> str:
        """Its name as used in file names."""
        return f"{self.model} {self.strategy}".lower().replace(" ", "-")


# Its own kind of model (`training.compare.scorecard`), which no treatment applies to.
SCORECARD = Combination("Scorecard", Strategy.NONE)


@dataclass(frozen=True)
class Setting:
    """Settings common to all pipelines; `quantities`, `categorical` and `coded` are counts of columns."""

    budget: Budget
    seed: int
    quantities: int
    categorical: int
    coded: int


def setting(parts: Parts, budget: Budget, seed: int) -> Setting:
    """The setting for these rows."""
    return Setting(budget, seed, parts.learn.inputs.shape[1] - parts.coded, parts.categorical, parts.coded)
