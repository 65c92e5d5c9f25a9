"""Draws credits at other lenders (`bureau`) and their monthly statuses (`bureau_balance`)."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from scoring.units import DAYS_PER_MONTH
from training.lender.synthetic.applicants import Applicants, profile
from training.lender.synthetic.columns import to_amounts
from training.lender.synthetic.rare import rare_bureau
from training.synthetic.sampling import (
    Columns,
    correlated_normal,
    from_uniform,
    happens,
    joined,
    positions,
    tilted_codes,
    values_by,
    where_null,
)

ANY_CREDIT = 0.858  # share of applicants with a credit in the bureau
MORE_CREDITS = 4.61  # mean number of credits beyond the first
CREDITS_SHAPE = 1.43  # shape of that number's gamma distribution, from its variance of 19
# Share of applicants with credits who have monthly statuses for all of them, in the train and the test table.
MONTHLY_TRAIN, MONTHLY_TEST = 0.35, 1.0
CURRENT_TRAIN, CURRENT_TEST = 0.58, 0.9  # share of their credits whose statuses reach the month of the application
# How strongly traits show at other lenders; tuned to the gain in AUC that real rows give.
SHOWN = 0.8
# In standard deviations of the normal scores behind ages and times to close: how far the periods in which people borrow
# lie apart, and how much longer a credit lasts than those that have ended, of which alone the time to close is known.
PERIOD, LATER = 0.4, 0.3
ORPHANS = 43_041 / 774_354  # credits with monthly statuses and without a bureau row, per credit with both
ORPHAN_DAYS = (-2922, -1700)
MOST_MONTHS = 96
OPEN_STATUSES = np.array(["0", "X", "1", "2", "3", "4", "5", "C"], dtype=object)
LATE_SEVERITY = np.array([0.74, 0.07, 0.027, 0.018, 0.145])  # statuses 1 to 5, given a late month
CURRENCIES = np.array(["currency 1", "currency 2", "currency 3", "currency 4"], dtype=object)
CURRENCY_SHARES = (0.999178, 0.000713, 0.000101, 0.000008)


def make_bureau(people: Applicants, first_id: int, rng: np.random.Generator) -> tuple[Columns, Columns, int]:
    """`bureau`, `bureau_balance` and the next free SK_ID_BUREAU."""
    statistics = profile()["history"]["bureau"]
    has_any = happens(ANY_CREDIT, 0.1 * people.creditworthiness, rng)
    more = rng.poisson(rng.gamma(CREDITS_SHAPE, MORE_CREDITS / CREDITS_SHAPE, len(has_any)))
    owner = np.repeat(np.arange(len(has_any)), np.where(has_any, 1 + more, 0))
    monthly = (rng.random(len(has_any)) < np.where(people.is_test, MONTHLY_TEST, MONTHLY_TRAIN))[owner]
    orphans = round(ORPHANS * monthly.sum())
    ids = first_id + rng.permutation(len(owner) + orphans)
    credit = _credits(statistics, people, owner, rng)
    amounts = _amounts(statistics, people, owner, credit, rng)
    table = {"SK_ID_CURR": people.ids[owner], "SK_ID_BUREAU": ids[: len(owner)]} | amounts
    table |= {name: values for name, values in credit.items() if name.isupper()}
    table["AMT_ANNUITY"] = _annuities(statistics, table, owner, len(has_any), rng)
    balance = _balances(
        np.append(ids[: len(owner)][monthly], ids[len(owner) :]),
        np.append(table["DAYS_CREDIT"][monthly], rng.integers(*ORPHAN_DAYS, orphans)),
        np.append(credit["closed"][monthly], rng.integers(-1600, 0, orphans)),
        np.append(SHOWN * people.creditworthiness[owner][monthly], SHOWN * rng.standard_normal(orphans)),
        np.where(np.append(people.is_test[owner][monthly], rng.random(orphans) < 0.5), CURRENT_TEST, CURRENT_TRAIN),
        rng,
    )
    return table | rare_bureau(table, rng), balance, first_id + len(ids)


def _credits(
    statistics: Mapping[str, Any], people: Applicants, owner: NDArray[np.int64], rng: np.random.Generator
) -> Columns:
    """Type, dates and state of each credit; `closed` is the day of closing, 1 for a credit still open."""
    n = len(owner)
    worth, strain = SHOWN * people.creditworthiness[owner], SHOWN * people.strain[owner]
    types = np.array(list(statistics["types"]), dtype=object)
    tilts = np.zeros((n, len(types)))
    tilts[:, types == "Microloan"] = (0.7 * (strain - worth))[:, None] - 0.5
    tilts[:, types == "Credit card"] = (0.15 * strain - 0.1 * worth)[:, None]
    tilts[:, types == "Mortgage"] = (0.25 * worth)[:, None]
    kind = types[tilted_codes(np.array(list(statistics["types"].values())), tilts, rng.random(n))]
    # Applicants in trouble have borrowed more recently, and everybody in a period of their own.
    period = people.trouble(shown=0.24, hidden=0.18) + PERIOD * rng.standard_normal(len(people.ids))
    recency = (period[owner] + rng.standard_normal(n)) / np.sqrt(1 + PERIOD**2 + 0.24**2)
    days = np.clip(np.rint(values_by(statistics["days_credit"], kind, ndtr(recency))), -2922, 0)
    term = np.rint(values_by(statistics["term"], kind, rng.random(n)))
    wait = values_by(statistics["time_to_close"], kind, ndtr(rng.standard_normal(n) + LATER))
    card = kind == "Credit card"
    kept = card & happens(0.7, 0.3 * (strain - worth), rng)
    ends = np.rint(days + np.maximum(term, 1) * wait)
    closed = np.where(kept | (ends >= 0), 1.0, ends)
    lapsed = card & ~kept & (closed > 0)
    closed = np.where(lapsed, np.rint(days * rng.random(n) ** 2), closed)
    sold = happens(0.0028, 0.8 * (strain - worth), rng)
    state = np.where(sold, "Sold", np.where(closed <= 0, "Closed", "Active")).astype(object)
    state[rng.random(n) < 1.2e-5] = "Bad debt"
    lag = from_uniform(statistics["update_lag"], rng.random(n))
    news = np.where(closed <= 0, np.minimum(closed + lag, 0), from_uniform(statistics["update"], rng.random(n)))
    no_end = rng.random(n) < _null_shares(statistics, "DAYS_CREDIT_ENDDATE", kind, state)
    return {
        "CREDIT_ACTIVE": state,
        "CREDIT_CURRENCY": CURRENCIES[rng.choice(4, n, p=CURRENCY_SHARES)],
        "DAYS_CREDIT": days.astype(np.int64),
        "DAYS_CREDIT_ENDDATE": where_null(days + term, no_end),
        "DAYS_ENDDATE_FACT": where_null(closed, (state != "Closed") & ~((closed <= 0) & (rng.random(n) < 0.25))),
        "CREDIT_TYPE": kind,
        "DAYS_CREDIT_UPDATE": np.rint(np.maximum(news, days)).astype(np.int64),
        "closed": closed,
        "term": term,
    }


def _amounts(
    statistics: Mapping[str, Any],
    people: Applicants,
    owner: NDArray[np.int64],
    credit: Columns,
    rng: np.random.Generator,
) -> Columns:
    """Amounts borrowed, owed and overdue, and limits left on cards."""
    n = len(owner)
    kind, state = credit["CREDIT_TYPE"], credit["CREDIT_ACTIVE"]
    is_open, card = state == "Active", kind == "Credit card"
    larger = np.where(is_open, people.trouble(shown=-0.12, hidden=0.22)[owner], 0.0)
    size = ndtr(correlated_normal(people.income_score[owner], 0.35, rng) + larger)
    borrowed = to_amounts(values_by(statistics["amount"], joined(kind, state), size))
    left = np.clip(1 + credit["DAYS_CREDIT"] / np.maximum(credit["term"], 1), 0.02, 1)
    repaid_slower = left ** np.exp(-people.trouble(shown=0.2, hidden=0.35)[owner] - 0.7)
    trouble = people.trouble(shown=0.25, hidden=0.3)[owner]
    used = np.where(happens(0.26, -trouble, rng), 0.0, ndtr(rng.standard_normal(n) + trouble + 0.6))
    debt = np.where(is_open, borrowed * np.where(card, used, repaid_slower), 0.0)
    debt = np.where(is_open & ~card & (rng.random(n) < 0.06), 0.0, debt).round(2)
    reported = is_open & card & (rng.random(n) < 0.45)
    limit = np.where(reported, np.maximum(borrowed - debt, 0), 0.0)
    late = happens(0.0024, people.trouble(shown=0.7, hidden=0.4)[owner] - 0.4, rng) & (state != "Closed")
    was_late = happens(0.16, people.trouble(shown=0.3, hidden=0.0)[owner], rng) | late
    peak = from_uniform(statistics["max_overdue"], rng.random(n)).round(2)
    prolonged = happens(0.004, 0.24 * people.strain[owner], rng) * (1 + rng.geometric(0.85, n) - 1)
    nulls = {name: rng.random(n) < _null_shares(statistics, name, kind, state) for name in statistics["null_shares"]}
    return {
        "CREDIT_DAY_OVERDUE": np.where(late, np.ceil(rng.lognormal(3.2, 1.5, n)).clip(1, 2792), 0).astype(np.int64),
        "AMT_CREDIT_MAX_OVERDUE": where_null(np.where(was_late, peak, 0.0), nulls["AMT_CREDIT_MAX_OVERDUE"]),
        "CNT_CREDIT_PROLONG": np.minimum(prolonged, 9).astype(np.int64),
        "AMT_CREDIT_SUM": where_null(borrowed, rng.random(n) < 13 / 1_716_428),
        "AMT_CREDIT_SUM_DEBT": where_null(debt, nulls["AMT_CREDIT_SUM_DEBT"]),
        "AMT_CREDIT_SUM_LIMIT": where_null(limit, nulls["AMT_CREDIT_SUM_LIMIT"]),
        "AMT_CREDIT_SUM_OVERDUE": np.where(late, np.minimum(peak, borrowed), 0.0),
    }


def _null_shares(
    statistics: Mapping[str, Any], name: str, kind: NDArray[np.object_], state: NDArray[np.object_]
) -> NDArray[np.float64]:
    keys, codes = np.unique(joined(kind, state).astype(str), return_inverse=True)
    shares = statistics["null_shares"][name]
    usual = shares["Consumer credit|Active"]
    return np.array([shares.get(key, usual) for key in keys])[codes]


def _annuities(
    statistics: Mapping[str, Any], table: Columns, owner: NDArray[np.int64], people: int, rng: np.random.Generator
) -> NDArray[np.float64]:
    """Annuities, known for none, some or all of an applicant's credits; half of them are 0."""
    unknown = rng.beta(0.9, 0.36, people)[owner]
    ratio = from_uniform(statistics["annuity_to_amount"], rng.random(len(owner)))
    return where_null(to_amounts(np.nan_to_num(table["AMT_CREDIT_SUM"]) * ratio), rng.random(len(owner)) < unknown)


def _balances(
    ids: NDArray[np.int64],
    days_credit: NDArray[np.int64],
    closed: NDArray[np.float64],
    worth: NDArray[np.float64],
    current: NDArray[np.float64],
    rng: np.random.Generator,
) -> Columns:
    """A row per month since a credit began, with status C from the month of closing on."""
    n = len(ids)
    oldest = np.minimum((-days_credit / DAYS_PER_MONTH).astype(np.int64), MOST_MONTHS)
    newest = np.where(rng.random(n) < current, 0, rng.integers(0, 60, n))
    newest = np.minimum(newest, oldest)
    counts = oldest - newest + 1
    row = np.repeat(np.arange(n), counts)
    months = -(newest[row] + positions(counts))
    unknown = rng.beta(0.45, 0.65, n)[row]
    late = 0.018 * np.exp(-0.8 * worth)[row]
    draw = rng.random(len(row))
    severity = 2 + np.searchsorted(LATE_SEVERITY.cumsum(), rng.random(len(row)) * LATE_SEVERITY.sum())
    codes = np.where(draw < late, severity, np.where(rng.random(len(row)) < unknown, 1, 0))
    closing_month = np.where(closed <= 0, np.ceil(closed / DAYS_PER_MONTH), 1)[row]
    codes = np.where(months >= closing_month, len(OPEN_STATUSES) - 1, codes)
    return {"SK_ID_BUREAU": ids[row], "MONTHS_BALANCE": months, "STATUS": OPEN_STATUSES[codes]}
