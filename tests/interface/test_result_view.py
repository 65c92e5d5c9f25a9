"""Before and after: each change with its difference, and what it does to the loan's price."""

from __future__ import annotations

import re

import pytest

from scoring.applicants.loan import loan_terms
from scoring.documents.loan_words import price_in_words
from scoring.interface.case import fresh_case
from scoring.interface.result_view import result_html
from scoring.words.wording import amount, text


@pytest.fixture
def case(service, some_ids):
    return fresh_case(service, some_ids[7], "en")


def cells(html: str) -> list[list[str]]:
    rows = re.findall(r"<tr.*?</tr>", html)
    return [[re.sub("<[^>]*>", "", cell) for cell in re.findall(r"<t[hd].*?</t[hd]>", row)] for row in rows]


def test_a_change_stands_beside_its_value_on_file_with_the_difference(case):
    on_file = case.applicant.raw["AMT_CREDIT"]
    rows = cells(result_html(case.with_changes({"AMT_CREDIT": on_file + 10_000})))
    assert rows[0] == ["Changed", "On file", "Change", "Now"]
    assert rows[1] == ["Amount of the loan", amount(on_file, "en"), "+10,000", amount(on_file + 10_000, "en")]


def test_a_level_has_no_difference(case):
    changed = case.with_changes({"NAME_EDUCATION_TYPE": "Academic degree"})
    (row,) = cells(result_html(changed))[1:]
    assert row[2] == ""


def test_the_price_is_told_where_the_loan_changes(case):
    changed = case.with_changes({"AMT_ANNUITY": case.applicant.raw["AMT_ANNUITY"] * 0.9})
    html = result_html(changed)
    told = price_in_words(loan_terms(case.applicant), loan_terms(changed.requested), "en")
    assert told in html
    assert [row[0] for row in cells(html)][-1] == text("loan.total_label", "en")


def test_what_does_not_touch_the_loan_says_nothing_of_it(case):
    html = result_html(case.with_changes({"AMT_INCOME_TOTAL": 1_000_000}))
    assert text("loan.total_label", "en") not in html
    assert "cs-price" not in html
