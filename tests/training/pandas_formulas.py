"""Features of random tables, compared with formulas in plain pandas, applicant by applicant."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pandas as pd

from tests.training.lender.history.test_history_random import APPLICANTS, random_tables
from tests.training.tables_fixture import tables_of
from training.dataset.history import history_frame

Formula = Callable[[pd.DataFrame], float]


def assert_agrees_with_pandas(
    name: str,
    formulas: Mapping[str, Formula],
    seed: int,
    prepared: Callable[[pd.DataFrame], pd.DataFrame] = lambda table: table,
) -> None:
    """That the features of a random table are what `formulas` makes of each applicant's prepared rows."""
    table = random_tables(seed)[name]
    found = history_frame(tables_of({name: table}, range(APPLICANTS))).set_index("SK_ID_CURR")
    by_applicant = dict(iter(prepared(table).groupby("SK_ID_CURR")))
    for feature, formula in formulas.items():
        expected = pd.Series({applicant: float(formula(rows)) for applicant, rows in by_applicant.items()})
        pd.testing.assert_series_equal(
            found[feature].loc[expected.index].astype(float), expected, check_names=False, rtol=1e-6, obj=feature
        )
