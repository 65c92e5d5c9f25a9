"""The columns of the lender's tables that the rest of training needs for what they say, whatever their names."""

from __future__ import annotations

from scoring.lender.roles import AGE_BAND, BIRTH

# The tables of applications: those of known outcome, and those to be scored.
TRAIN, TEST = "application_train", "application_test"
# The table of loans elsewhere, which tells whose loan a row without an applicant belongs to.
LOANS_ELSEWHERE = "bureau"

# By what groups of applicants are told apart when a model is reviewed.
ATTRIBUTES = ("CODE_GENDER", AGE_BAND, "NAME_FAMILY_STATUS", "NAME_INCOME_TYPE", "REGION_RATING_CLIENT")
# A field at issue in credit, and the fields that tell the same: whoever has no job in DAYS_EMPLOYED is a pensioner.
PROXIES: dict[str, tuple[str, ...]] = {
    BIRTH: (),
    "CNT_CHILDREN": (),
    "NAME_INCOME_TYPE": ("DAYS_EMPLOYED",),
    "ORGANIZATION_TYPE": ("OCCUPATION_TYPE",),
    "REGION_RATING_CLIENT": ("REGION_RATING_CLIENT_W_CITY", "REGION_POPULATION_RELATIVE"),
}

# Ids of an earlier loan elsewhere, and of one with this lender.
BUREAU_ID, PREVIOUS_ID = "SK_ID_BUREAU", "SK_ID_PREV"
# The earlier loans of known term: their table, their kind, and which kind is repaid in instalments of one size.
EARLIER_LOANS = "previous_application"
LOAN_TYPE, CASH = "NAME_CONTRACT_TYPE", "Cash loans"
TERM = "CNT_PAYMENT"

# A column of `coverage.parquet`, which may lie beside real tables -> the tables of which an applicant has every row.
COVERAGE = {
    "history_bureau_and_card": (LOANS_ELSEWHERE, "bureau_balance", "credit_card_balance"),
    "history_previous_and_pos": (EARLIER_LOANS, "POS_CASH_balance"),
    "history_installments": ("installments_payments",),
}
