"""What a change of the loan means for its price, in both languages."""

from __future__ import annotations

from dataclasses import replace

import pytest

from scoring.applicants.loan import LoanTerms
from scoring.documents.loan_words import price_in_words, terms_in_words

BEFORE = LoanTerms(amount=1_000_000, instalment=40_000, months=36, yearly_rate=0.2542)
CHEAPER = replace(BEFORE, instalment=53_791.67, months=24, yearly_rate=0.2508)


def test_terms_are_said_with_what_is_repaid_in_all():
    assert terms_in_words(BEFORE, "en") == "40,000 a month, 36 months, 25.4% a year, 1,440,000 repaid in all"
    assert "36\xa0mois" in terms_in_words(BEFORE, "fr")


def test_what_is_known_already_and_what_nobody_knows_is_left_out():
    assert terms_in_words(replace(BEFORE, yearly_rate=None), "en", "months") == (
        "40,000 a month, 1,440,000 repaid in all"
    )


def test_instalments_that_do_not_repay_the_amount_are_called_that():
    short = replace(BEFORE, months=12, yearly_rate=0.0)
    assert "less than the amount" in terms_in_words(short, "en")
    assert price_in_words(BEFORE, short, "en").startswith("These instalments repay 480,000 in all, less than")


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("en", "A price cut: 149,000 less interest in all, at 25.1% a year instead of 25.4%."),
        ("fr", "Une baisse de prix\u00a0: 149\u202f000 d'intérêts en moins au total, à 25,1\u202f% par an"),
    ],
)
def test_less_interest_at_a_lower_rate_is_a_price_cut(language, told):
    assert price_in_words(BEFORE, CHEAPER, language).startswith(told)


def test_less_interest_at_the_same_rate_or_a_higher_one_is_no_price_cut():
    sooner = replace(BEFORE, instalment=60_000, months=21, yearly_rate=0.2542)
    assert price_in_words(BEFORE, sooner, "en") == "180,000 less interest in all."


def test_more_interest_is_said_so():
    longer = replace(BEFORE, months=60, instalment=30_000, yearly_rate=0.2545)
    assert price_in_words(BEFORE, longer, "en").startswith("360,000 more interest in all")


@pytest.mark.parametrize("after", [BEFORE, replace(BEFORE, months=None), replace(BEFORE, instalment=None)])
def test_a_price_that_is_the_same_or_not_known_needs_no_words(after):
    assert price_in_words(BEFORE, after, "en") == ""
