"""What the tables and columns of a made-up lender stand for."""

from scoring.lender.roles import AGE_BAND, BIRTH

TRAIN, TEST = "known", "new"
LOANS_ELSEWHERE = "accounts"
YES_NO = ("J", "N")
ATTRIBUTES = ("SEX", AGE_BAND)
PROXIES = {BIRTH: (), "CAR": ("CAR_YEARS",)}
BUREAU_ID, PREVIOUS_ID = "ACCOUNT", "EARLIER"
EARLIER_LOANS = "earlier"
LOAN_TYPE, CASH = "PRODUCT", "plain"
TERM = "MONTHS"
COVERAGE = {"covered_accounts": (LOANS_ELSEWHERE,)}


def is_key(column):
    return column in ("CLIENT", "ACCOUNT", "EARLIER")


def is_days(column):
    return column in ("OPENED", "BORN")
