"""A plan in words: what to do, what it costs the applicant, and what follows; and a counter-offer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from scoring.answers.applicant import HistoryMove, Offer, Plan
from scoring.applicants.in_words import changes_in_words
from scoring.schema.definition import Raw
from scoring.words.language import Language
from scoring.words.wording import digits_apart, percent, text, value_in_words

# Amounts below this are rounding, in currency.
LEAST_TOLD = 1.0


def condition_lines(
    present: Mapping[str, Raw], changes: Mapping[str, Raw], history: Iterable[HistoryMove], language: Language
) -> list[str]:
    """What is to change: a line for each change of the application, beside the present value, and of the history."""
    of_application = [
        text("plan.change", language, label=label, present=before, new=now)
        for label, before, now in changes_in_words(present, changes, language)
    ]
    return [*of_application, *history_lines(history)]


def history_lines(moves: Iterable[HistoryMove]) -> list[str]:
    """What to do about the credit history, a line each."""
    return [move.label[:1].upper() + move.label[1:] for move in moves]


def costs(plan: Plan, language: Language) -> list[str]:
    """What it costs: money to find now, what the loan buys less, by month, and in all."""
    burden = plan.burden
    amounts = [("now", burden.now), ("less", burden.less)]
    for name, change in (("per_month", burden.per_month), ("total", burden.total)):
        if change is not None:
            amounts.append((f"{name}.{'more' if change > 0 else 'less'}", abs(change)))
    return [
        text(f"plan.{key}", language, amount=value_in_words(float(round(amount)), "amount", language))
        for key, amount in amounts
        if amount >= LEAST_TOLD
    ]


def beside_band(probability: float, band: Sequence[float], language: Language) -> str:
    """The probability after a change, with so many decimals as tell it from both ends of the referral band."""
    return percent(probability, language, digits_apart(probability, band))


def follows(plan: Plan, band: Sequence[float], language: Language) -> str:
    """What follows: the decision with its probability of default, the term and the rate, and whose rate that lowers.

    `band` is the referral band that the application is shown beside.
    """
    sentence = text(f"plan.{plan.decision}", language, probability=beside_band(plan.probability, band, language))
    if plan.months is not None and plan.yearly_rate is not None and plan.changes:
        key = "plan.lower_rate" if plan.lowers_rate else "plan.rate"
        sentence += text(
            key,
            language,
            months=value_in_words(float(round(plan.months)), "months", language),
            rate=percent(plan.yearly_rate, language),
        )
    return sentence


def offer_in_words(offer: Offer, band: Sequence[float], language: Language) -> str:
    """A counter-offer: which way it is the best, amount, term, instalment and rate, and the probability of default."""
    return text(
        f"offer.{offer.kind}",
        language,
        amount=value_in_words(offer.amount, "amount", language),
        instalment=value_in_words(offer.instalment, "amount", language),
        months=value_in_words(offer.months, "months", language),
        rate=percent(offer.yearly_rate, language),
        probability=beside_band(offer.probability, band, language),
    )
