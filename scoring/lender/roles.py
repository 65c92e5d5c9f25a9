"""The fields and marks that the rest needs for their meaning, whatever the lender calls them.

Costs need the amount and the instalment, a reviewer the age, a plot a pair of quantities. All other code treats all
fields alike.
"""

from __future__ import annotations

AGE_BAND = "AGE_BAND"
# Columns that the list of applicants shows beside the id, by which an adviser recognises an applicant.
LISTED = ("NAME_CONTRACT_TYPE", "AMT_CREDIT", "AMT_INCOME_TOTAL")
APPLICANT_ID = "SK_ID_CURR"
TARGET = "TARGET"
# The levels that mean yes in fields of text.
YES_LEVELS = ("Y", "Yes")
# The mark for "no employment" in DAYS_EMPLOYED (reference: home-credit-schema, trap 5).
NOT_EMPLOYED = 365_243
# Fields that can have no value if another field has this one: no car has no age, and nobody works in no employment.
INAPPLICABLE: dict[str, tuple[str, str | float]] = {
    "OWN_CAR_AGE": ("FLAG_OWN_CAR", "N"),
    "OCCUPATION_TYPE": ("DAYS_EMPLOYED", NOT_EMPLOYED),
}


CREDIT = "AMT_CREDIT"
INSTALMENT = "AMT_ANNUITY"
# What the loan buys, if anything; a lender whose loans buy nothing names no field.
GOODS = "AMT_GOODS_PRICE"
INCOME = "AMT_INCOME_TOTAL"
# Derived: the likely term and yearly interest of the loan.
TERM, RATE = "LIKELY_TERM", "INTEREST_RATE"
# A column that a file of applicants may hold beside the fields: the day on which each application came in.
APPLIED_ON = "APPLICATION_DATE"
# Days before the application, negative.
BIRTH = "DAYS_BIRTH"
