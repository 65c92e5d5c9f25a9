"""The roles of application fields, whatever the lender calls them.

Costs need the amount and the instalment, a reviewer the age, a plot a pair of quantities. All other code treats all
fields alike.
"""

from __future__ import annotations

AGE_BAND = "AGE_BAND"


# Columns that the list of applicants shows beside the id, by which an adviser recognises an applicant.
LISTED = ("NAME_CONTRACT_TYPE", "AMT_CREDIT", "AMT_INCOME_TOTAL")


APPLICANT_ID = "SK_ID_CURR"
TARGET = "TARGET"


CREDIT = "AMT_CREDIT"
INSTALMENT = "AMT_ANNUITY"
INCOME = "AMT_INCOME_TOTAL"
# Derived: the likely term and yearly interest of the loan.
TERM, RATE = "LIKELY_TERM", "INTEREST_RATE"
# A column that a file of applicants may hold beside the fields: the day on which each application came in.
APPLIED_ON = "APPLICATION_DATE"
# Days before the application, negative.
BIRTH = "DAYS_BIRTH"
