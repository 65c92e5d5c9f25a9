"""The tables and columns that the rest of training needs for their meaning, whatever they are called."""

from __future__ import annotations

from scoring.lender.roles import AGE_BAND, BIRTH

# The tables of applications: those with known outcomes, and those to be scored.
TRAIN, TEST = "application_train", "application_test"
# The table of loans at other lenders, by which rows that name a loan but no applicant are matched.
LOANS_ELSEWHERE = "bureau"

# The levels that mean yes and no in columns of text.
YES_NO = ("Y", "N")

# The attributes by which groups of applicants are compared in a review.
ATTRIBUTES = ("CODE_GENDER", AGE_BAND, "NAME_FAMILY_STATUS", "NAME_INCOME_TYPE", "REGION_RATING_CLIENT")
# Fields under scrutiny in credit, each with others that imply it: whoever has no job in DAYS_EMPLOYED is a pensioner.
PROXIES: dict[str, tuple[str, ...]] = {
    BIRTH: (),
    "CNT_CHILDREN": (),
    "NAME_INCOME_TYPE": ("DAYS_EMPLOYED",),
    "ORGANIZATION_TYPE": ("OCCUPATION_TYPE",),
    "REGION_RATING_CLIENT": ("REGION_RATING_CLIENT_W_CITY", "REGION_POPULATION_RELATIVE"),
}

# The ids of earlier loans, at other lenders and at this one.
BUREAU_ID, PREVIOUS_ID = "SK_ID_BUREAU", "SK_ID_PREV"
# Earlier loans whose term is known: their table, the column of their type, and the type repaid in equal instalments.
EARLIER_LOANS = "previous_application"
LOAN_TYPE, CASH = "NAME_CONTRACT_TYPE", "Cash loans"
TERM = "CNT_PAYMENT"

# Columns of `coverage.parquet`, which may accompany real tables, and the tables that each says are complete.
COVERAGE = {
    "history_bureau_and_card": (LOANS_ELSEWHERE, "bureau_balance", "credit_card_balance"),
    "history_previous_and_pos": (EARLIER_LOANS, "POS_CASH_balance"),
    "history_installments": ("installments_payments",),
}


def is_key(column: str) -> bool:
    """Whether a column identifies an applicant or a loan."""
    return column.startswith("SK_ID_")


def is_days(column: str) -> bool:
    """Whether a column counts days, so that it can be read from durations, but not from dates."""
    return column.startswith("DAYS_")
