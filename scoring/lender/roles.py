"""The fields of the application that the rest of the code needs for what they say, whatever the lender calls them.

Costs need the amount and the instalment, a reviewer the age, a plot a pair of quantities. Everything else goes through
all fields alike.
"""

from __future__ import annotations

CREDIT = "AMT_CREDIT"
INSTALMENT = "AMT_ANNUITY"
INCOME = "AMT_INCOME_TOTAL"
# Days before the application, negative.
BIRTH = "DAYS_BIRTH"
