"""A combination to compare, of a model and a treatment of the imbalance, and what all combinations share."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from training.compare.models import MODELS, Budget, ModelKind
from training.compare.rows import Parts


class Strategy(StrEnum):
    """Treatments of the imbalance: 8 % of the applicants default."""

    NONE = "none"
    CLASS_WEIGHTS = "class weights"
    SMOTE = "SMOTE"
    UNDERSAMPLING = "under-sampling"


@dataclass(frozen=True)
class Combination:
    """A model with a treatment of the imbalance."""

    model: str
    strategy: Strategy

    def __str__(self) -> str:
        return f"{self.model}, {self.strategy}"

    @property
    def kind(self) -> ModelKind:
        """The kind of its model."""
        return MODELS[self.model]

    @property
    def slug(self) -> str:
        """Its name as part of a file name."""
        return f"{self.model} {self.strategy}".lower().replace(" ", "-")


@dataclass(frozen=True)
class Setting:
    """What all pipelines of a comparison share; `quantities`, `categorical` and `coded` are numbers of columns."""

    budget: Budget
    seed: int
    quantities: int
    categorical: int
    coded: int


def setting(parts: Parts, budget: Budget, seed: int) -> Setting:
    """The setting for these rows."""
    return Setting(budget, seed, parts.learn.inputs.shape[1] - parts.coded, parts.categorical, parts.coded)
