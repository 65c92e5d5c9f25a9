"""What a change of the loan means for its price, in words."""

from __future__ import annotations

from scoring.applicants.loan import LoanTerms
from scoring.words.language import Language
from scoring.words.wording import amount, percent, text, value_in_words

# Differences of less are rounding: the likely term is a mean of earlier loans.
LEAST_DIFFERENCE = 1.0


def terms_in_words(terms: LoanTerms, language: Language, known: str = "") -> str:
    """Instalment, term, rate and total in a phrase; what is not known is left out, and so is one that is said already.

    Args:
        terms: of the loan.
        language: of the phrase.
        known: "instalment" or "months", if the reader has it before them.
    """
    parts = {}
    if terms.instalment is not None:
        parts["instalment"] = text("loan.instalment", language, instalment=amount(terms.instalment, language))
    if terms.months is not None:
        parts["months"] = value_in_words(terms.months, "months", language)
    if terms.yearly_rate is not None:
        parts["rate"] = text("loan.rate", language, rate=percent(terms.yearly_rate, language))
    if terms.total is not None:
        key = "loan.total" if (terms.interest or 0) >= 0 else "loan.total_too_low"
        parts["total"] = text(key, language, total=amount(terms.total, language))
    return ", ".join(words for part, words in parts.items() if part != known)


def price_in_words(before: LoanTerms, after: LoanTerms, language: Language) -> str:
    """What a change does to the price: a price cut, a dearer loan, or that it would not be repaid; else ""."""
    if after.total is None or after.interest is None:
        return ""
    if after.interest < 0:
        return text("loan.not_repaid", language, total=amount(after.total, language))
    if before.interest is None or before.total is None or before.interest < 0:
        return ""
    difference = after.interest - before.interest
    if abs(difference) < LEAST_DIFFERENCE:
        return ""
    rates = _rates(before, after, language)
    key = "loan.price_cut" if difference < 0 and _cheaper(before, after) else "loan.less_interest"
    key = key if difference < 0 else "loan.more_interest"
    return text(key, language, difference=amount(abs(difference), language), rates=rates)


def _cheaper(before: LoanTerms, after: LoanTerms) -> bool:
    """Whether the lender asks for a lower rate, rather than lending less or for a shorter time."""
    return before.yearly_rate is not None and after.yearly_rate is not None and after.yearly_rate < before.yearly_rate


def _rates(before: LoanTerms, after: LoanTerms, language: Language) -> str:
    if before.yearly_rate is None or after.yearly_rate is None:
        return ""
    shown = {"before": percent(before.yearly_rate, language), "after": percent(after.yearly_rate, language)}
    return text("loan.rates", language, **shown) if shown["before"] != shown["after"] else ""
