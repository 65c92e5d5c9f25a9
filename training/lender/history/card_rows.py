"""Rows of credit cards: the subsets of months, and the quantities that features aggregate."""

from __future__ import annotations

from ibis import _

from scoring.words.language import Words
from training.aggregates.compose import WINDOWS, YEAR, Rows, meaning
from training.aggregates.windows import since

THEME = "credit_card"
ALL = Rows("card", Words("Credit cards", "Cartes de crédit"), THEME)
SINCE = {window: since(ALL, window, _.months_ago <= window.months) for window in WINDOWS}
EVERY = (ALL, *SINCE.values())
ALL_AND_YEAR = (ALL, SINCE[YEAR])
LATEST = Rows("card_latest", Words("Credit cards, latest month", "Cartes de crédit, dernier mois"), THEME)

BALANCE = meaning("balance", "solde dû", "amount", "card_use", +1)
USE = meaning("balance over limit", "solde dû rapporté au plafond", "ratio", "card_use", +1)
DRAWN = meaning("amount drawn in a month", "montant utilisé par mois", "amount", "card_drawn")
PAYMENT = meaning("payment in a month", "paiement par mois", "amount", "card_payment")
MINIMUM = meaning("least payment asked", "paiement minimal demandé", "amount", "card_minimum")
