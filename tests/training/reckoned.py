"""Features of random tables against the same reckoned in plain pandas, applicant by applicant."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pandas as pd

from tests.training.lender.history.test_history_random import APPLICANTS, random_tables
from tests.training.tables_fixture import tables_of
from training.dataset.history import history_frame

Reckoned = Callable[[pd.DataFrame], float]


def assert_reckoned(
    name: str,
    reckoned: Mapping[str, Reckoned],
    seed: int,
    prepared: Callable[[pd.DataFrame], pd.DataFrame] = lambda table: table,
) -> None:
    """That the features of a random table are what `reckoned` makes of each applicant's prepared rows."""
    table = random_tables(seed)[name]
    found = history_frame(tables_of({name: table}, range(APPLICANTS))).set_index("SK_ID_CURR")
    by_applicant = dict(iter(prepared(table).groupby("SK_ID_CURR")))
    for feature, reckon in reckoned.items():
        expected = pd.Series({applicant: float(reckon(rows)) for applicant, rows in by_applicant.items()})
        pd.testing.assert_series_equal(
            found[feature].loc[expected.index].astype(float), expected, check_names=False, rtol=1e-6, obj=feature
        )
