"""The fields of the application that the rest of the code needs for what they say, whatever the lender calls them.

Costs need the amount and the instalment, a reviewer the age, a plot a pair of quantities. Everything else goes through
all fields alike.
"""

from __future__ import annotations

AGE_BAND = "AGE_BAND"


# Columns that the list of applicants shows beside the id, so that an adviser knows whom they have picked.
LISTED = ("NAME_CONTRACT_TYPE", "AMT_CREDIT", "AMT_INCOME_TOTAL")


APPLICANT_ID = "SK_ID_CURR"
TARGET = "TARGET"


CREDIT = "AMT_CREDIT"
INSTALMENT = "AMT_ANNUITY"
INCOME = "AMT_INCOME_TOTAL"
# Days before the application, negative.
BIRTH = "DAYS_BIRTH"
