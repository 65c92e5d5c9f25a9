"""Features of `credit_card_balance`: what was drawn on credit cards, and how it was paid back."""

from __future__ import annotations

from ibis import _

from scoring.words.language import Words
from training.aggregates.compose import (
    HALF_YEAR,
    QUARTER,
    YEAR,
    Aggregate,
    Meaning,
    Rows,
    aggregates,
    meaning,
    measure,
    not_below_zero,
    quotient,
    share,
)
from training.aggregates.windows import across, among
from training.lender.history.card_rows import ALL, ALL_AND_YEAR, DRAWN, EVERY, MINIMUM, PAYMENT, SINCE

# Payments are sometimes rounded to a whole amount above the minimum due.
JUST_MINIMUM = 1.01

# Only one cardholder in twelve ever draws this way: averages suffice.
RARE = "other"

DRAWINGS = meaning("drawings in a month", "utilisations par mois", "count", "card_drawn")


def _paid(en: str, fr: str, unit: str, direction: int) -> Meaning:
    return meaning(en, fr, unit, "card_paid", direction)


def _drawings() -> list[Aggregate]:
    kinds = {
        "atm": ("ATM", Words("at cash machines", "aux distributeurs")),
        "pos": ("POS", Words("for goods", "en achats")),
        RARE: ("OTHER", Words("otherwise", "autrement")),
    }
    never = meaning("time since the last drawing", "temps depuis la dernière utilisation", "months", "card_drawn")
    drew = meaning("share of months with a drawing", "part des mois avec utilisation", "share", "card_drawn")
    return [
        *across((*ALL_AND_YEAR, SINCE[QUARTER]), "drawn", _.AMT_DRAWINGS_CURRENT, DRAWN, "mean"),
        *across(ALL_AND_YEAR, "drawn", _.AMT_DRAWINGS_CURRENT, DRAWN, "max"),
        *across(ALL_AND_YEAR, "drawings", _.CNT_DRAWINGS_CURRENT, DRAWINGS, "mean max"),
        *aggregates(SINCE[QUARTER], "drawings", _.CNT_DRAWINGS_CURRENT, DRAWINGS, "mean"),
        *(feature for key, (kind, words) in kinds.items() for feature in _of_kind(key, kind, words)),
        *(_cash_share(rows) for rows in ALL_AND_YEAR),
        share(ALL, "drew", _.AMT_DRAWINGS_CURRENT > 0, drew),
        measure(ALL, "last_drawing", _.months_ago.min(where=_.AMT_DRAWINGS_CURRENT > 0), never),
    ]


def _of_kind(key: str, kind: str, words: Words) -> list[Aggregate]:
    amount = meaning(f"amount drawn {words.en}", f"montant utilisé {words.fr}", "amount", f"card_{key}")
    number = meaning(f"drawings {words.en}", f"utilisations {words.fr}", "count", f"card_{key}")
    drawn, drawings = _[f"AMT_DRAWINGS_{kind}_CURRENT"], _[f"CNT_DRAWINGS_{kind}_CURRENT"]
    always = [
        *aggregates(ALL, key, drawn, amount, "mean"),
        *aggregates(ALL, f"{key}_drawings", drawings, number, "mean"),
    ]
    if key == RARE:
        return always
    return [
        *always,
        *aggregates(SINCE[YEAR], key, drawn, amount, "mean"),
        *aggregates(SINCE[YEAR], f"{key}_drawings", drawings, number, "mean"),
        *aggregates(ALL, key, drawn, amount, "max"),
        *aggregates(ALL, f"{key}_drawings", drawings, number, "max"),
    ]


def _cash_share(rows: Rows) -> Aggregate:
    quantity = meaning("share drawn in cash", "part retirée en espèces", "share", "card_cash")
    cash = quotient(_.AMT_DRAWINGS_ATM_CURRENT.sum(where=rows.where), _.drawn_known.sum(where=rows.where))
    return measure(rows, "cash_share", cash, quantity)


def _payments() -> list[Aggregate]:
    only = _paid(
        "share of months with no more than the minimum paid", "part des mois payés au plus au minimum", "share", 1
    )
    missed = _paid("share of months with less than the minimum paid", "part des mois payés sous le minimum", "share", 1)
    last = meaning("time since the last payment", "temps depuis le dernier paiement", "months", "card_payment")
    return [
        *across((*ALL_AND_YEAR, SINCE[QUARTER]), "payment", _.AMT_PAYMENT_TOTAL_CURRENT, PAYMENT, "mean"),
        *aggregates(ALL, "payment", _.AMT_PAYMENT_TOTAL_CURRENT, PAYMENT, "max"),
        *across(ALL_AND_YEAR, "minimum", _.AMT_INST_MIN_REGULARITY, MINIMUM, "mean"),
        *(_payment_over_minimum(rows) for rows in EVERY),
        *(_payment_over_owed(rows) for rows in EVERY),
        *(
            share(rows, "minimum_only", _.paid_over_minimum <= JUST_MINIMUM, only)
            for rows in (*ALL_AND_YEAR, SINCE[HALF_YEAR])
        ),
        *(share(rows, "minimum_missed", _.paid_over_minimum < 1, missed) for rows in ALL_AND_YEAR),
        measure(ALL, "last_payment", _.months_ago.min(where=_.AMT_PAYMENT_TOTAL_CURRENT > 0), last),
    ]


def _payment_over_minimum(rows: Rows) -> Aggregate:
    quantity = _paid("payments over the minimum asked", "paiements rapportés au minimum demandé", "ratio", -1)
    known = among(rows, _.AMT_INST_MIN_REGULARITY.notnull())
    paid = _.AMT_PAYMENT_TOTAL_CURRENT.sum(where=known)
    return measure(rows, "payment_over_minimum", quotient(paid, _.AMT_INST_MIN_REGULARITY.sum(where=known)), quantity)


def _payment_over_owed(rows: Rows) -> Aggregate:
    """Payment over the previous debt, 0 to 1; it is 1 if nothing was owed, so that a debt can only lower it."""
    quantity = _paid("share of what was owed that was paid", "part payée de ce qui était dû", "share", -1)
    paid = _.AMT_PAYMENT_TOTAL_CURRENT.sum(where=rows.where)
    owed = paid + not_below_zero(_.AMT_BALANCE).sum(where=rows.where)
    return measure(rows, "payment_over_owed", (owed <= 0).ifelse(1.0, quotient(paid, owed)), quantity)


FLOWS: tuple[Aggregate, ...] = (*_drawings(), *_payments())
