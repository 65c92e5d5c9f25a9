from pathlib import Path

import pytest

from scoring.errors import InvalidInputError
from scoring.settings import DEMO_APPLICANTS, DEMO_ARTIFACT, read_settings


def test_the_demo_is_served_where_nothing_is_said():
    settings = read_settings({})
    assert (settings.artifact, settings.applicants) == (DEMO_ARTIFACT, DEMO_APPLICANTS)
    assert "demo" in settings.source


def test_ones_own_model_is_never_given_the_demos_applicants():
    settings = read_settings({"ARTIFACT": "models/ours"})
    assert settings.artifact == Path("models/ours")
    assert settings.applicants is None
    assert "demo" not in settings.source


def test_ones_own_applicants_are_served():
    assert read_settings({"ARTIFACT": "a", "APPLICANTS": "b.parquet"}).applicants == Path("b.parquet")


def test_the_costs_of_the_model_decide_where_nothing_is_said():
    settings = read_settings({"COST_FUNCTION": "", "COST_RATIO": ""})
    assert (settings.cost_function, settings.cost_ratio) == (None, None)


def test_other_costs_may_be_set():
    assert read_settings({"COST_FUNCTION": "amount"}).cost_function == "amount"
    assert read_settings({"COST_RATIO": "7.5"}).cost_ratio == 7.5


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [("COST_FUNCTION", "profit", "'profit' is not allowed. Set one of: ratio, amount"), ("COST_RATIO", "ten", "'ten'")],
)
def test_costs_that_are_not_allowed_are_named(name, value, told):
    with pytest.raises(InvalidInputError, match=f"{name}={told}"):
        read_settings({name: value})
