"""Statistics of the real histories: shares and quantiles per type of credit, for `profile.build_profile`."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from training.lender.synthetic.columns import NOT_YET
from training.synthetic.marginals import FEWEST_ROWS, marginal, shares

# Levels of previous applications to draw, given the product combination, or given type and status.
BY_PRODUCT = (
    "NAME_YIELD_GROUP", "CHANNEL_TYPE", "NAME_GOODS_CATEGORY", "NAME_SELLER_INDUSTRY",
)  # fmt: skip
BY_OUTCOME = (
    "PRODUCT_COMBINATION", "NAME_CASH_LOAN_PURPOSE", "NAME_PAYMENT_TYPE", "CODE_REJECT_REASON", "NAME_TYPE_SUITE",
    "NAME_CLIENT_TYPE",
)  # fmt: skip
COARSE = 0.02


def history_profile(data: Path) -> dict[str, Any]:
    """Statistics of previous applications, bureau credits and cards in a sample."""
    return {
        "previous": previous_profile(pd.read_parquet(data / "previous_application.parquet")),
        "bureau": bureau_profile(pd.read_parquet(data / "bureau.parquet")),
        "card": card_profile(pd.read_parquet(data / "credit_card_balance.parquet")),
    }


def previous_profile(table: pd.DataFrame) -> dict[str, Any]:
    """Outcomes, amounts, terms and levels of the previous applications."""
    table = table[table["NAME_CONTRACT_TYPE"] != "XNA"]
    named = table["AMT_APPLICATION"] > 0
    outcome = table["NAME_CONTRACT_TYPE"] + "|" + table["NAME_CONTRACT_STATUS"]
    outcome = outcome.where(~(outcome == "Cash loans|Canceled") | ~named, "Cash loans|Canceled, amount asked")
    outcome = outcome.where(~(outcome == "Cash loans|Refused") | named, "Cash loans|Refused, no amount")
    product = table["PRODUCT_COMBINATION"]
    positive = table[named]
    return {
        "outcomes": shares(outcome),
        "days_decision": marginal(table["DAYS_DECISION"]),
        "recency": _means(table["DAYS_DECISION"] / 779, outcome),
        "amount": _marginals(positive["AMT_APPLICATION"], outcome[named]),
        "credit_to_amount": _marginals(
            (positive["AMT_CREDIT"] / positive["AMT_APPLICATION"]).where(positive["AMT_CREDIT"] > 0), outcome[named]
        ),
        "price_of_credit": _marginals(
            (table["AMT_ANNUITY"] * table["CNT_PAYMENT"] / table["AMT_CREDIT"]).where(
                (table["CNT_PAYMENT"] > 0) & (table["AMT_CREDIT"] > 0)
            ),
            table["NAME_CONTRACT_TYPE"] + "|" + table["NAME_YIELD_GROUP"],
        ),
        "seller_area": _marginals(table["SELLERPLACE_AREA"], product),
        "down_payment_rate": marginal(table["RATE_DOWN_PAYMENT"]),
        "rate_primary": marginal(table["RATE_INTEREST_PRIMARY"]),
        "rate_privileged": marginal(table["RATE_INTEREST_PRIVILEGED"]),
        "term": _by_size(_shares(table["CNT_PAYMENT"], outcome)),
        "hour": marginal(table["HOUR_APPR_PROCESS_START"]),
        "weekday": shares(table["WEEKDAY_APPR_PROCESS_START"]),
        "insured": _means(table["NFLAG_INSURED_ON_APPROVAL"], table["NAME_CONTRACT_TYPE"]),
        "by_product": {name: _shares(table[name], product) for name in BY_PRODUCT},
        "by_outcome": {name: _shares(table[name], outcome) for name in BY_OUTCOME},
    }


def bureau_profile(table: pd.DataFrame) -> dict[str, Any]:
    """Types, ages, terms and amounts of the bureau credits."""
    kind = table["CREDIT_TYPE"]
    state = kind + "|" + table["CREDIT_ACTIVE"]
    term = table["DAYS_CREDIT_ENDDATE"] - table["DAYS_CREDIT"]
    closed = table["CREDIT_ACTIVE"] == "Closed"
    recurring = table["AMT_ANNUITY"] / table["AMT_CREDIT_SUM"].where(table["AMT_CREDIT_SUM"] > 0)
    return {
        "types": shares(kind),
        "days_credit": _marginals(table["DAYS_CREDIT"], kind),
        "term": _marginals(term, kind),
        "time_to_close": _marginals(
            ((table["DAYS_ENDDATE_FACT"] - table["DAYS_CREDIT"]) / term.where(term > 0)).where(closed).round(3), kind
        ),
        "amount": _marginals(table["AMT_CREDIT_SUM"], state),
        "max_overdue": marginal(table["AMT_CREDIT_MAX_OVERDUE"].where(table["AMT_CREDIT_MAX_OVERDUE"] > 0)),
        "update_lag": marginal((table["DAYS_CREDIT_UPDATE"] - table["DAYS_ENDDATE_FACT"]).where(closed)),
        "update": marginal(table["DAYS_CREDIT_UPDATE"].where(~closed)),
        "annuity_to_amount": marginal(recurring.where(recurring < 1)),
        "null_shares": {
            name: _means(table[name].isna().astype(float), state)
            for name in ("DAYS_CREDIT_ENDDATE", "AMT_CREDIT_SUM_DEBT", "AMT_CREDIT_SUM_LIMIT", "AMT_CREDIT_MAX_OVERDUE")
        },
    }


def card_profile(table: pd.DataFrame) -> dict[str, Any]:
    """Months, limits and use of the credit cards."""
    balance = table["AMT_BALANCE"]
    limit = table["AMT_CREDIT_LIMIT_ACTUAL"]
    owed = balance > 0
    use = (balance / limit.where(limit > 0)).where(owed).groupby(table["SK_ID_PREV"]).mean()
    return {
        "limit": marginal(limit.where(limit > 0).groupby(table["SK_ID_PREV"]).median()),
        "use": marginal(use.clip(0, 1.2)),
    }


def _marginals(values: pd.Series, keys: pd.Series) -> dict[str, dict[str, list[float]]]:
    found = {"*": marginal(values, COARSE)}
    finite = values.replace([np.inf, -np.inf, NOT_YET], np.nan).dropna()
    return found | {
        str(key): marginal(group, COARSE) for key, group in finite.groupby(keys.loc[finite.index]) if len(group) >= 100
    }


def _means(values: pd.Series, keys: pd.Series) -> dict[str, float]:
    """The mean of known values by key, for keys with enough rows."""
    groups = values.dropna().groupby(keys)
    return {str(key): round(float(group.mean()), 3) for key, group in groups if len(group) >= FEWEST_ROWS}


def _by_size(shares_by_key: dict[str, dict[str, float]]) -> dict[str, dict[str, float]]:
    def number(level: tuple[str, float]) -> float:
        return float(level[0] or -1)

    return {key: dict(sorted(found.items(), key=number)) for key, found in shares_by_key.items()}


def _shares(column: pd.Series, keys: pd.Series) -> dict[str, dict[str, float]]:
    groups = {str(key): shares(group) for key, group in column.groupby(keys) if len(group) >= 30}
    return {"*": shares(column)} | {key: found for key, found in groups.items() if found}
