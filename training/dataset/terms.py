"""Earlier cash loans -> the likely term by amount over instalment: `python -m training terms --data DIR --out FILE`.

The lender's products are few, each with its own ratio of amount to instalment, so that a tree on this ratio finds them.
The file replaces `scoring/lender/terms.csv`; models must then be retrained. `--prices` writes
`scoring/lender/prices.csv` from the same loans, which recourse keeps to. No outcome is read.
"""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
from ibis import _
from sklearn.tree import DecisionTreeRegressor

from scoring.errors import TrainingError
from scoring.files import complete_or_absent
from scoring.interest import yearly_interest
from scoring.lender.roles import CREDIT, INSTALMENT
from training.lender.roles import CASH, EARLIER_LOANS, LOAN_TYPE, TERM
from training.tables.read import read_tables

# Fewest loans per step, so that no single loan can be inferred.
FEWEST_LOANS = 20
# The lender's price is the rate that all but one in twenty of a term's loans reach: rarer ones were favours.
LOWEST_SHARE = 0.05
# Up to this number of steps, a tree still improved on unseen loans (mean absolute error, five folds).
MOST_STEPS = 256


def write_terms(data: Path, out: Path, prices_out: Path | None = None) -> int:
    """Writes the steps, `from` (amount over instalment) and `months`, and returns their number; the prices on request.

    Raises:
        TableError: a table cannot be used.
        TrainingError: there are no earlier cash loans to learn from.
    """
    tables = read_tables(data)
    if EARLIER_LOANS not in tables.history:
        raise TrainingError(
            f"{data} holds no {EARLIER_LOANS}, whose cash loans show amount, instalment and term. Add it."
        )
    loans = tables.history[EARLIER_LOANS].filter(_[LOAN_TYPE] == CASH).to_pandas()
    steps = terms(loans)
    with complete_or_absent(out) as part:
        steps.to_csv(part, index=False)
    if prices_out:
        with complete_or_absent(prices_out) as part:
            prices(loans).to_csv(part, index=False)
    return len(steps)


def prices(loans: pd.DataFrame) -> pd.DataFrame:
    """The lender's price of each term that `FEWEST_LOANS` or more have: columns `months` and `yearly_rate`."""
    known = _complete(loans)
    months = known[TERM].to_numpy(dtype=np.float64)
    rates = pd.Series(yearly_interest((known[CREDIT] / known[INSTALMENT]).to_numpy(), months)).groupby(months)
    lowest = rates.quantile(LOWEST_SHARE, interpolation="lower")[rates.count() >= FEWEST_LOANS]
    return pd.DataFrame({"months": lowest.index, "yearly_rate": lowest.to_numpy().round(4)})


def terms(loans: pd.DataFrame) -> pd.DataFrame:
    """The steps of the mean term in the amount over the instalment, columns `from` and `months`.

    Raises:
        TrainingError: fewer than two steps' worth of loans have an amount, an instalment and a term.
    """
    known = _complete(loans)
    if len(known) < 2 * FEWEST_LOANS:
        raise TrainingError(
            f"Only {len(known)} of the earlier cash loans have {CREDIT}, {INSTALMENT} and {TERM}; their terms "
            f"can be learnt from {2 * FEWEST_LOANS} or more."
        )
    ratio = (known[CREDIT] / known[INSTALMENT]).to_numpy()[:, None]
    tree = DecisionTreeRegressor(max_leaf_nodes=MOST_STEPS, min_samples_leaf=FEWEST_LOANS, random_state=0)
    tree.fit(ratio, known[TERM])
    inner = np.sort(tree.tree_.threshold[tree.tree_.feature >= 0])
    edges = np.concatenate([[0.0], inner, [np.inf]])
    middles = [low + 1 if np.isinf(high) else (low + high) / 2 for low, high in pairwise(edges)]
    months = tree.predict(np.array(middles)[:, None])
    return pd.DataFrame({"from": edges[:-1].round(4), "months": months.round(2)})


def _complete(loans: pd.DataFrame) -> pd.DataFrame:
    """The loans that have an amount, an instalment and a term."""
    return loans[(loans[CREDIT] > 0) & (loans[INSTALMENT] > 0) & (loans[TERM] > 0)]
