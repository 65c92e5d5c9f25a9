"""previous_application -> what this lender decided on earlier applications: amounts, terms, refusals, kinds."""

from __future__ import annotations

import ibis
from ibis import _
from ibis.expr import types as ir

from scoring.fields import APPLICANT_ID, Words
from training.history.compose import (
    Aggregate,
    Rows,
    aggregates,
    count,
    meaning,
    measure,
    not_below_zero,
    per_applicant,
    quotient,
    share,
    years_before,
)

THEME = "previous_loans"
# The mark for "not yet" or "none" in the five days columns (reference: home-credit-schema, trap 7).
NO_DAY = 365_243
DAYS = ("DAYS_FIRST_DRAWING", "DAYS_FIRST_DUE", "DAYS_LAST_DUE_1ST_VERSION", "DAYS_LAST_DUE", "DAYS_TERMINATION")
YEAR = 365

_APPROVED = Words("Previous applications, approved", "Demandes précédentes accordées")
_REFUSED = Words("Previous applications, refused", "Demandes précédentes refusées")
ALL = Rows("previous", Words("Previous applications", "Demandes précédentes"), THEME)
APPROVED = Rows("previous_approved", _APPROVED, THEME, _.is_approved)
REFUSED = Rows("previous_refused", _REFUSED, THEME, _.is_refused)
LAST = Rows("previous_last", Words("Last previous application", "Dernière demande précédente"), THEME, _.recency == 0)
LAST_THREE = Rows(
    "previous_last3",
    Words("Last three previous applications", "Trois dernières demandes précédentes"),
    THEME,
    _.recency < 3,
)
LAST_FIVE = Rows(
    "previous_last5",
    Words("Last five previous applications", "Cinq dernières demandes précédentes"),
    THEME,
    _.recency < 5,
)
LAST_APPROVED = Rows(
    "previous_last_approved",
    Words("Last approved application", "Dernière demande accordée"),
    THEME,
    _.is_approved & (_.recency_of_status == 0),
)

ASKED = meaning("amount asked for", "montant demandé", "amount", "previous_amount")
GRANTED = meaning("amount of the credit", "montant du crédit", "amount", "previous_amount")
ANNUITY = meaning("annuity", "annuité", "amount", "previous_annuity")
DOWN_PAYMENT = meaning("down payment", "apport", "amount", "previous_down_payment")
DOWN_SHARE = meaning("down payment, share of the price", "apport, part du prix", "share", "previous_down_payment")
ASKED_OVER_GRANTED = meaning(
    "amount asked for over credit", "montant demandé rapporté au crédit", "ratio", "previous_asked_over_granted"
)
INTEREST = meaning("total interest over credit", "intérêts totaux rapportés au crédit", "ratio", "previous_interest")
TERM = meaning("term in months", "durée en mois", "months", "previous_term")
AGE = meaning("time since the decision", "temps depuis la décision", "years", "previous_age")
REFUSALS = meaning("share refused", "part refusée", "share", "previous_refused", +1)

# Factor, direction, column, level, words: what share of the applications are of that level.
SHARES: dict[str, tuple[str, int, str, str, Words]] = {
    "cancelled": ("previous_cancelled", 0, "NAME_CONTRACT_STATUS", "Canceled", Words("cancelled", "annulées")),
    "unused": ("previous_unused", 0, "NAME_CONTRACT_STATUS", "Unused offer", Words("offers not used", "offres non utilisées")),
    "cash": ("previous_kind", 0, "NAME_CONTRACT_TYPE", "Cash loans", Words("for cash", "de prêt personnel")),
    "consumer": ("previous_kind", 0, "NAME_CONTRACT_TYPE", "Consumer loans", Words("for goods", "de crédit affecté")),
    "revolving": ("previous_kind", 0, "NAME_CONTRACT_TYPE", "Revolving loans", Words("for revolving credit", "de crédit renouvelable")),
    "yield_high": ("previous_yield", 0, "NAME_YIELD_GROUP", "high", Words("at a high rate", "à taux élevé")),
    "yield_middle": ("previous_yield", 0, "NAME_YIELD_GROUP", "middle", Words("at a medium rate", "à taux moyen")),
    "yield_low": ("previous_yield", 0, "NAME_YIELD_GROUP", "low_normal", Words("at a low rate", "à taux bas")),
    "yield_action": ("previous_yield", 0, "NAME_YIELD_GROUP", "low_action", Words("at a promotional rate", "à taux promotionnel")),
    "reject_hc": ("previous_refused", 1, "CODE_REJECT_REASON", "HC", Words("refused for reason HC", "refusées pour le motif HC")),
    "reject_scofr": ("previous_refused", 1, "CODE_REJECT_REASON", "SCOFR", Words("refused for reason SCOFR", "refusées pour le motif SCOFR")),
    "reject_limit": ("previous_refused", 1, "CODE_REJECT_REASON", "LIMIT", Words("refused for exceeding a limit", "refusées pour dépassement de plafond")),
    "reject_sco": ("previous_refused", 1, "CODE_REJECT_REASON", "SCO", Words("refused on the score", "refusées sur le score")),
    "walk_in": ("previous_channel", 0, "NAME_PRODUCT_TYPE", "walk-in", Words("made unprompted", "faites spontanément")),
    "cross_sell": ("previous_channel", 0, "NAME_PRODUCT_TYPE", "x-sell", Words("offered to a customer", "proposées à un client")),
    "office": ("previous_channel", 0, "CHANNEL_TYPE", "Credit and cash offices", Words("made in a credit office", "faites en agence de crédit")),
    "country_wide": ("previous_channel", 0, "CHANNEL_TYPE", "Country-wide", Words("made through a national network", "faites par un réseau national")),
    "stone": ("previous_channel", 0, "CHANNEL_TYPE", "Stone", Words("made in a shop", "faites en magasin")),
    "contact_centre": ("previous_channel", 0, "CHANNEL_TYPE", "Contact center", Words("made by telephone", "faites par téléphone")),
    "agent": ("previous_channel", 0, "CHANNEL_TYPE", "AP+ (Cash loan)", Words("made through an agent", "faites par un agent")),
    "new_client": ("previous_client", 0, "NAME_CLIENT_TYPE", "New", Words("as a new customer", "en tant que nouveau client")),
    "refreshed_client": ("previous_client", 0, "NAME_CLIENT_TYPE", "Refreshed", Words("as a returning customer", "en tant que client de retour")),
    "mobile": ("previous_goods", 0, "NAME_GOODS_CATEGORY", "Mobile", Words("for a mobile telephone", "pour un téléphone mobile")),
    "card_street": ("previous_product", 0, "PRODUCT_COMBINATION", "Card Street", Words("for a card, unprompted", "de carte, spontanément")),
    "card_cross_sell": ("previous_product", 0, "PRODUCT_COMBINATION", "Card X-Sell", Words("for a card, offered", "de carte, sur proposition")),
    "no_interest": ("previous_product", 0, "PRODUCT_COMBINATION", "POS industry without interest", Words("for industrial goods without interest", "de biens industriels sans intérêts")),
    "bank_payment": ("previous_payment", 0, "NAME_PAYMENT_TYPE", "Cash through the bank", Words("repaid in cash at the bank", "remboursées en espèces à la banque")),
}  # fmt: skip


def _share_of_level(key: str) -> Aggregate:
    factor, direction, column, level, words = SHARES[key]
    told = meaning(f"share {words.en}", f"part {words.fr}", "share", factor, direction)
    return share(ALL, key, _[column] == level, told)


def _money(rows: Rows, which: str) -> list[Aggregate]:
    return [
        *aggregates(rows, "asked", _.AMT_APPLICATION, ASKED, which),
        *aggregates(rows, "credit", _.AMT_CREDIT, GRANTED, which),
        *aggregates(rows, "annuity", _.AMT_ANNUITY, ANNUITY, which),
    ]


def _terms(rows: Rows) -> list[Aggregate]:
    return [
        *aggregates(rows, "asked_over_credit", _.asked_over_credit, ASKED_OVER_GRANTED, "min mean max"),
        *aggregates(rows, "interest", _.interest, INTEREST, "min mean max"),
        *aggregates(rows, "term", _.CNT_PAYMENT, TERM, "mean max"),
        *aggregates(rows, "age", years_before(_.DAYS_DECISION), AGE, "min mean max"),
    ]


def _one(rows: Rows) -> list[Aggregate]:
    """The figures of a single application: the maximum of one row, without the word."""
    quantities = {
        "asked": (_.AMT_APPLICATION, ASKED),
        "credit": (_.AMT_CREDIT, GRANTED),
        "annuity": (_.AMT_ANNUITY, ANNUITY),
        "asked_over_credit": (_.asked_over_credit, ASKED_OVER_GRANTED),
        "interest": (_.interest, INTEREST),
        "term": (_.CNT_PAYMENT, TERM),
    }
    return [measure(rows, name, value.max(where=rows.where), told) for name, (value, told) in quantities.items()]


FEATURES: tuple[Aggregate, ...] = (
    measure(ALL, "count", _.count(), meaning("number", "nombre", "count", "previous_count")),
    count(APPROVED, "applications", _.is_approved, meaning("number", "nombre", "count", "previous_count")),
    count(REFUSED, "applications", _.is_refused, meaning("number", "nombre", "count", "previous_refused", +1)),
    count(
        ALL,
        "last_year",
        _.DAYS_DECISION >= -YEAR,
        meaning("number in the last year", "nombre depuis un an", "count", "previous_recent"),
    ),
    count(
        REFUSED,
        "last_year",
        _.is_refused & (_.DAYS_DECISION >= -YEAR),
        meaning("number in the last year", "nombre depuis un an", "count", "previous_refused", +1),
    ),
    share(ALL, "refused", _.is_refused, REFUSALS),
    share(LAST_THREE, "refused", _.is_refused, REFUSALS),
    share(LAST_FIVE, "refused", _.is_refused, REFUSALS),
    share(
        LAST,
        "refused",
        _.is_refused,
        meaning("refused (1) or not (0)", "refusée (1) ou non (0)", "", "previous_refused", +1),
    ),
    share(
        ALL,
        "approved",
        _.is_approved,
        meaning("share approved", "part accordée", "share", "previous_refused", -1),
    ),
    *(_share_of_level(key) for key in SHARES),
    *_money(ALL, "mean max min"),
    *_money(APPROVED, "mean max sum"),
    *aggregates(REFUSED, "asked", _.AMT_APPLICATION, ASKED, "mean max"),
    *aggregates(REFUSED, "credit", _.AMT_CREDIT, GRANTED, "mean max"),
    *aggregates(REFUSED, "age", years_before(_.DAYS_DECISION), AGE, "min mean max"),
    *_terms(ALL),
    *_terms(APPROVED),
    *aggregates(ALL, "down_payment", _.AMT_DOWN_PAYMENT, DOWN_PAYMENT, "mean max"),
    *aggregates(ALL, "down_share", _.RATE_DOWN_PAYMENT, DOWN_SHARE, "mean max"),
    *aggregates(
        ALL,
        "hour",
        _.HOUR_APPR_PROCESS_START,
        meaning("hour of the day", "heure de la journée", "", "previous_hour"),
        "mean",
    ),
    *aggregates(
        ALL,
        "seller_area",
        _.seller_area,
        meaning("size of the seller", "taille du vendeur", "", "previous_seller"),
        "mean max",
    ),
    share(
        APPROVED,
        "insured",
        _.NFLAG_INSURED_ON_APPROVAL == 1,
        meaning("share with insurance", "part avec assurance", "share", "previous_insured"),
    ),
    share(
        APPROVED,
        "running",
        _.is_running,
        meaning("share still running", "part encore en cours", "share", "previous_running"),
    ),
    count(
        APPROVED,
        "running",
        _.is_running,
        meaning("number still running", "nombre encore en cours", "count", "previous_running"),
    ),
    measure(
        APPROVED,
        "running_annuity",
        _.AMT_ANNUITY.sum(where=_.is_running),
        meaning("annuities of those still running", "annuités de celles encore en cours", "amount", "previous_running"),
    ),
    *aggregates(
        APPROVED,
        "first_due",
        years_before(_.DAYS_FIRST_DUE),
        meaning("time since the first due date", "temps depuis la première échéance", "years", "previous_age"),
        "min max",
    ),
    *aggregates(
        APPROVED,
        "ended",
        years_before(_.DAYS_TERMINATION),
        meaning("time since the end", "temps depuis la fin", "years", "previous_ended"),
        "min mean",
    ),
    *aggregates(
        APPROVED,
        "left",
        not_below_zero(_.DAYS_LAST_DUE_1ST_VERSION) * 12 / 365.25,
        meaning(
            "months left until the planned end", "mois restants avant la fin prévue", "months", "previous_months_left"
        ),
        "max",
    ),
    *aggregates(
        APPROVED,
        "early",
        not_below_zero(_.DAYS_LAST_DUE_1ST_VERSION - _.DAYS_LAST_DUE),
        meaning("days repaid before plan", "jours d'avance sur le plan", "days", "previous_early"),
        "mean max",
    ),
    *_one(LAST),
    *_one(LAST_APPROVED),
)


def previous_application(table: ir.Table) -> ir.Table:
    """The features of earlier applications to this lender."""
    table = table.mutate(**{day: table[day].nullif(NO_DAY) for day in DAYS}, unended=table.DAYS_TERMINATION == NO_DAY)
    latest_first = [ibis.desc("DAYS_DECISION"), ibis.desc("SK_ID_PREV")]
    rows = table.mutate(
        is_approved=table.NAME_CONTRACT_STATUS == "Approved",
        is_refused=table.NAME_CONTRACT_STATUS == "Refused",
        is_running=(table.NAME_CONTRACT_STATUS == "Approved") & table.unended,
        asked_over_credit=quotient(table.AMT_APPLICATION, table.AMT_CREDIT),
        interest=_interest(table),
        seller_area=not_below_zero(table.SELLERPLACE_AREA),
        recency=ibis.row_number().over(group_by=APPLICANT_ID, order_by=latest_first),
        recency_of_status=ibis.row_number().over(
            group_by=[APPLICANT_ID, "NAME_CONTRACT_STATUS"], order_by=latest_first
        ),
    )
    return per_applicant(rows, FEATURES)


def _interest(table: ir.Table) -> ir.NumericColumn:
    """All that is paid beyond the credit, over the credit; missing for revolving credit, which has no term."""
    term = table.CNT_PAYMENT.nullif(0)
    return quotient(table.AMT_ANNUITY * term, table.AMT_CREDIT) - 1
