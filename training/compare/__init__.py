"""Every model with every treatment of the imbalance, compared on one split: `python -m training compare`.

What makes the comparison fair, and where: one untouched test set and the same folds for all (`rows`); whatever learns
from rows learns inside the training folds only (`pipelines`); hyperparameters and thresholds come from out-of-fold
probabilities (`search`, `assess`); the test set is scored once, and every difference is read off the same bootstrap
resamples (`bootstrap`, `table`). `record` makes it go on where it stopped, `words`, `curves` and `track` tell it.
"""
