"""The history features of a made-up lender, of its one table."""

from ibis import _

from scoring.words.language import Words
from training.aggregates.compose import YEAR, Rows, aggregates, count, meaning, per_applicant, within

ALL = Rows("accounts", Words("Accounts", "Comptes"), "credit_bureau")
OWED = meaning("amount owed", "montant dû", "amount", "accounts_owed", +1)
OPENED = meaning("opened in a year", "ouverts en un an", "count")
DECLARED = (
    *aggregates(ALL, "owed", _.OWED, OWED, "sum max"),
    count(ALL, "year", within(ALL, YEAR, _.OPENED).where, OPENED),
)


def accounts(table):
    return per_applicant(table, DECLARED)


GROUPS = ((("accounts",), DECLARED, accounts),)
FEATURES = tuple(item.feature for item in DECLARED)
