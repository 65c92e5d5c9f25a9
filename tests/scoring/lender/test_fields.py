"""The field table is complete: every field has words, and every value in the lender's tables is allowed."""

from pathlib import Path

import pandas as pd
import pytest

from scoring.files import read_table
from scoring.lender import FOLDER
from scoring.schema.definition import breaks
from scoring.schema.fields import Field, fields
from scoring.words.language import LANGUAGES

SAMPLE = Path(__file__).parents[3].parent / "shared" / "data" / "home-credit-sample"
THEMES = {
    "external_scores",
    "loan",
    "income_job",
    "household",
    "housing",
    "residence",
    "contact_documents",
    "credit_enquiries",
    "social_circle",
    "application",
}
UNITS = {"", "amount", "days", "years", "count", "score", "share"}
PROTECTED = {
    "CODE_GENDER": "protected",
    "NAME_FAMILY_STATUS": "protected",
    "CNT_FAM_MEMBERS": "proxy",
    "NAME_TYPE_SUITE": "proxy",
}
# What the full tables hold and the sample may not: see the traps in the lender's schema.
EXTREMES = {
    "AMT_INCOME_TOTAL": 117_000_000,
    "DAYS_EMPLOYED": 365_243,
    "REGION_RATING_CLIENT_W_CITY": -1,
    "OBS_30_CNT_SOCIAL_CIRCLE": 354,
    "AMT_REQ_CREDIT_BUREAU_QRT": 261,
    "CNT_FAM_MEMBERS": 21,
    "DAYS_BIRTH": -25_229,
}

EVERY = list(fields().values())
TEXT = [field for field in EVERY if field.type == "text"]


def by_name(field: Field) -> str:
    return field.name


@pytest.fixture(scope="module")
def sample() -> pd.DataFrame:
    files = sorted(SAMPLE.glob("application_*.parquet"))
    if not files:
        pytest.skip(f"the sample of real rows is not at {SAMPLE}")
    return pd.concat(map(pd.read_parquet, files))


def test_there_is_a_row_for_each_of_the_120_fields():
    assert len(EVERY) == len(read_table(FOLDER / "fields.csv")) == 120


@pytest.mark.parametrize("language", LANGUAGES)
def test_labels_are_words_and_unlike_each_other(language):
    labels = [field.label[language] for field in EVERY]
    assert len(set(labels)) == len(labels)
    assert all(label[0].isupper() and "_" not in label and not label.endswith(".") for label in labels)


@pytest.mark.parametrize("field", EVERY, ids=by_name)
def test_theme_unit_and_kind_are_known(field):
    assert field.theme in THEMES
    assert field.unit in UNITS
    assert field.kind in ("categorical", "yes_no", "quantitative")
    assert field.direction in (-1, 0, 1)


@pytest.mark.parametrize("field", EVERY, ids=by_name)
def test_a_number_is_bounded_and_a_text_has_levels(field):
    if field.type == "text":
        assert field.levels
        assert field.minimum is field.maximum is None
    else:
        assert not field.levels
        assert field.minimum < field.maximum


@pytest.mark.parametrize("field", TEXT, ids=by_name)
@pytest.mark.parametrize("language", LANGUAGES)
def test_levels_are_words_and_unlike_each_other(field, language):
    words = [level[language] for level in field.levels.values()]
    assert all(words)
    assert len(set(words)) == len(words)


def test_every_level_belongs_to_a_text_field():
    assert {row["field"] for row in read_table(FOLDER / "levels.csv")} == {field.name for field in TEXT}


def test_protected_fields_and_their_proxies_stay_out_of_the_model():
    assert {field.name: field.protected for field in EVERY if field.protected} == PROTECTED
    assert not any(field.model_input or field.editable for field in EVERY if field.protected)


def test_raw_days_enter_the_model_as_derived_years_only():
    assert not any(field.model_input for field in EVERY if field.unit == "days")


def test_what_a_new_application_requires_can_be_entered():
    required = {field.name for field in EVERY if field.required}
    assert required == {"AMT_INCOME_TOTAL", "AMT_CREDIT", "AMT_ANNUITY", "DAYS_BIRTH"}
    assert all(fields()[name].editable for name in required)


@pytest.mark.parametrize(("name", "value"), EXTREMES.items())
def test_the_extremes_of_the_full_tables_are_allowed(name, value):
    assert not breaks(pd.Series([value]), fields()[name]).any()


@pytest.mark.real_data
@pytest.mark.parametrize("field", EVERY, ids=by_name)
def test_every_real_value_is_allowed(field, sample):
    assert not breaks(sample[field.name], field).any()
    assert field.nullable or sample[field.name].notna().all()
