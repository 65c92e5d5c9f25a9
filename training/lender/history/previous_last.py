"""Features of the last application and the last approved one: amounts, terms, product, outcome."""

from __future__ import annotations

from ibis import _
from ibis.expr import types as ir

from scoring.words.language import Words
from training.aggregates.compose import Aggregate, Rows, meaning, per_applicant, share, single
from training.aggregates.levels import flags
from training.lender.history.previous import LEVELS, QUANTITIES, THEME, ordered

LAST = Rows("previous_last", Words("Last previous application", "Dernière demande"), THEME, _.recency < 1)
LAST_APPROVED = Rows(
    "previous_last_approved",
    Words("Last approved application", "Dernière demande accordée"),
    THEME,
    _.is_approved & (_.recency_of_status < 1),
)
FIGURES = "asked credit annuity asked_over_credit interest rate term credit_over_annuity down_share"
REFUSED = meaning("refused (1) or not (0)", "refusée (1) ou non (0)", "", "previous_refused", +1)

FEATURES: tuple[Aggregate, ...] = (
    share(LAST, "refused", _.is_refused, REFUSED),
    *single(QUANTITIES, LAST, f"{FIGURES} hour"),
    *flags(LEVELS, "last", LAST),
    *single(QUANTITIES, LAST_APPROVED, f"{FIGURES} down grace"),
    *flags(LEVELS, "last_approved", LAST_APPROVED),
)


def previous_last(table: ir.Table) -> ir.Table:
    """Computes the features of those two applications; all others are filtered out first."""
    rows = ordered(table)
    return per_applicant(rows.filter((rows.recency < 1) | (rows.recency_of_status < 1)), FEATURES)
