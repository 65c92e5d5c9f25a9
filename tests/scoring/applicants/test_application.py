import pytest

from scoring.applicants.in_words import changes_in_words, field_in_words, field_label, loan_in_words
from scoring.lender.formulas import REVOLVING
from scoring.schema.fields import fields
from scoring.words.language import LANGUAGES

WIDE = "\u00a0"


@pytest.mark.parametrize(
    ("name", "value", "english", "french"),
    [
        ("AMT_CREDIT", 450_000, "450,000", "450\u202f000"),
        ("AMT_CREDIT", None, "not on file", "non renseigné"),
        ("DAYS_BIRTH", -12_784, "35 years", f"35{WIDE}ans"),
        ("DAYS_EMPLOYED", 365_243, "none", "aucun"),
        ("FLAG_PHONE", 0, "No", "Non"),
        ("FLAG_OWN_CAR", "Y", "Yes", "Oui"),
        ("NAME_CONTRACT_TYPE", "Revolving loans", "Revolving loan", "Crédit renouvelable"),
    ],
)
def test_a_raw_value_is_said_in_words(name, value, english, french):
    assert (field_in_words(name, value, "en"), field_in_words(name, value, "fr")) == (english, french)


def test_days_are_named_as_the_years_that_they_are_told_in():
    assert field_label("DAYS_BIRTH", "en") == "Age"
    assert field_label("AMT_CREDIT", "en") == "Amount of the loan"


def test_changes_tell_the_present_value_beside_the_new_one():
    present = {"AMT_CREDIT": 500_000.0, "FLAG_PHONE": 1}
    told = changes_in_words(present, {"AMT_CREDIT": 450_000, "FLAG_PHONE": 1}, "en")
    assert told == [("Amount of the loan", "500,000", "450,000")]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_loan_is_worded_without_what_is_missing(applicants, some_ids, language):
    for applicant_id in some_ids[:20]:
        applicant = applicants.find(applicant_id)
        told = dict(loan_in_words(applicant, language))
        known = [name for name in ("AMT_CREDIT", "AMT_ANNUITY", "AMT_GOODS_PRICE") if applicant.raw[name] is not None]
        amounts = {fields()[name].label[language] for name in known}
        assert amounts <= set(told)
        assert len(set(told) - amounts) == (applicant.raw["NAME_CONTRACT_TYPE"] != REVOLVING)
        assert not any("None" in value for value in told.values())
