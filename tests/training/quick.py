"""The complete recipe at a small size, which takes seconds."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from training.audit import agreement, complexity, constraint_costs, proxies, quality, yardstick
from training.build import pack, train
from training.learn import fit, select


@contextmanager
def quick_recipe() -> Iterator[None]:
    """Reduces rounds, bags, folds, shuffles and features within the context."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fit, "MOST_ROUNDS", 60)
        patch.setattr(fit, "BAGS", 2)
        patch.setattr(select, "ROUNDS", 30)
        patch.setattr(select, "SHUFFLES", 1)
        patch.setattr(select, "MOST_FEATURES", 60)
        patch.setattr(constraint_costs, "RESAMPLES", 20)
        patch.setattr(quality, "EXPLAINED", 20)
        patch.setattr(agreement, "MOST_SEARCHED", 20)
        patch.setattr(pack, "MOST_SEARCHED", 40)
        for module in (fit, train, complexity, constraint_costs, proxies, yardstick):
            patch.setattr(module, "FOLDS", 3)
        yield
