"""The loans that recourse may propose: levers, steps and limits of the field table."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from scoring.applicants.applicant import Applicant
from scoring.assessment import moves as module
from scoring.assessment.moves import RATE_ROUNDING, RATES, levers, moved_to, open_moves
from scoring.lender.formulas import FORMULAS
from scoring.lender.roles import RATE
from scoring.schema.fields import leeways

LOAN = ("AMT_CREDIT", "AMT_ANNUITY", "AMT_GOODS_PRICE")


@pytest.fixture
def applicant(applicants) -> Applicant:
    return next(found for found in map(applicants.find, applicants.ids.tolist()) if found.scenarios)


def test_levers_hold_the_fields_of_the_table():
    assert levers() == {"amount": LOAN[:2], "goods": LOAN, "sooner": LOAN[:1], "term": LOAN[1:2]}


def test_the_amount_lever_keeps_the_term_and_never_lowers_the_price(applicant):
    loans = open_moves(applicant, "price").loans(1)
    alone = loans.at(loans.steps[:, list(levers()).index("amount")] > 0)
    terms = alone.moved["AMT_CREDIT"] / alone.moved["AMT_ANNUITY"]
    present = applicant.raw["AMT_CREDIT"] / applicant.raw["AMT_ANNUITY"]
    assert terms == pytest.approx(present, rel=0.01)
    assert (terms <= present * (1 + 1e-9)).all()


@pytest.mark.parametrize("rates", RATES)
def test_no_loan_is_sold_below_a_price_that_is_above_its_own_rate(applicants, monkeypatch, rates):
    monkeypatch.setattr(module, "lowest_rate", lambda months: np.full_like(months, 3.0))
    for applicant_id in applicants.ids[:60].tolist():
        open_to = open_moves(applicants.find(applicant_id), rates)
        sold = FORMULAS[RATE](open_to.columns(open_to.loans(1)))
        assert not (sold < FORMULAS[RATE](open_to.own) - RATE_ROUNDING).any()


def test_two_levers_that_make_a_third_are_not_combined(applicant):
    names = list(levers())
    both = open_moves(applicant, "price").loans(2).steps[:, [names.index("sooner"), names.index("term")]]
    assert not (both > 0).all(axis=1).any()


def test_histories_of_one_table_exclude_each_other(applicant):
    for changes in open_moves(applicant, "price").histories:
        assert len({change.step.table for change in changes}) == len(changes)


def test_a_field_that_may_be_raised_is_raised(applicant, monkeypatch):
    """The direction is the table's: a limit above 1 goes up."""
    raised = {name: replace(leeway, limit=1.5) for name, leeway in leeways().items()}
    monkeypatch.setattr(module, "leeways", lambda: raised)
    monkeypatch.setattr(module, "plan_maxima", dict)
    for name, values in open_moves(applicant, "price").loans(1).moved.items():
        assert values.min() >= applicant.raw[name]
        assert applicant.raw[name] < values.max() <= 1.5 * applicant.raw[name]


def test_a_value_that_no_step_fits_is_not_allowed():
    _, allowed = moved_to("AMT_CREDIT", 400.0, np.array([0.9, 0.5]))
    assert allowed.tolist() == [False, False]
