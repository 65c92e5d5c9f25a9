"""Defaults that the commands show in `--help`, apart from the modules that use them: those take seconds to import."""

# The seed of splits, folds, models and made-up tables.
DEFAULT_SEED = 20
# Share of the current version's cost by which the challenger's may be higher, at the upper end of the interval.
MARGIN = 0.05
# Share of the rows with a fault in one column beyond which a table is corrected rather than thinned.
QUARANTINE_LIMIT = 0.01
