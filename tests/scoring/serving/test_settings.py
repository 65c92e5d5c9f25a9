from pathlib import Path

import pytest

from scoring.errors import InvalidInputError
from scoring.serving.settings import (
    DEMO_APPLICANTS,
    DEMO_ARTIFACT,
    DEMO_DRIFT,
    HubPlace,
    OperationSettings,
    read_settings,
)


def test_the_demo_is_served_where_nothing_is_said():
    settings = read_settings({})
    assert (settings.artifact, settings.applicants) == (DEMO_ARTIFACT, DEMO_APPLICANTS)
    assert "demo" in settings.source


def test_ones_own_model_is_never_given_the_demos_applicants():
    settings = read_settings({"ARTIFACT": "models/ours"})
    assert settings.artifact == Path("models/ours")
    assert settings.applicants is None
    assert "demo" not in settings.source


def test_the_demos_drift_report_belongs_to_the_demo_model_alone():
    assert read_settings({}).drift_report == DEMO_DRIFT
    assert read_settings({"ARTIFACT": "models/ours"}).drift_report is None
    assert read_settings({"MODEL_REPO": "lender/credit"}).drift_report is None
    assert read_settings({"ARTIFACT": "models/ours", "DRIFT_REPORT": "drift"}).drift_report == Path("drift")


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


def test_a_model_on_the_hub_is_served_from_its_main_branch_without_the_demos_applicants():
    settings = read_settings({"MODEL_REPO": "lender/credit"})
    assert settings.artifact == HubPlace("lender/credit", "main", "model")
    assert settings.applicants is None
    assert settings.source == "lender/credit@main"
    assert settings.refresh_minutes is None


def test_a_revision_endpoint_token_and_cadence_may_be_set():
    settings = read_settings(
        {
            "MODEL_REPO": "lender/credit",
            "MODEL_REVISION": "v1.2.0",
            "MODEL_REFRESH_MINUTES": "7.5",
            "HF_ENDPOINT": "http://hub.test",
            "HF_TOKEN": "hf_secret",
        }
    )
    assert settings.artifact == HubPlace("lender/credit", "v1.2.0", "model")
    assert (settings.refresh_minutes, settings.endpoint, settings.token) == (7.5, "http://hub.test", "hf_secret")
    assert "hf_secret" not in repr(settings)


@pytest.mark.parametrize(
    ("given", "place"),
    [
        ("lender/people", HubPlace("lender/people", "main", "dataset")),
        ("lender/people@v2", HubPlace("lender/people", "v2", "dataset")),
        ("lender/people@refs/pr/1", HubPlace("lender/people", "refs/pr/1", "dataset")),
        ("data/people.parquet", Path("data/people.parquet")),
        ("data/people.arrow", Path("data/people.arrow")),
        ("./data/people", Path("data/people")),
        ("/data/people", Path("/data/people")),
        ("people", Path("people")),
    ],
)
def test_applicants_are_a_file_or_a_dataset_repo(given, place):
    assert read_settings({"MODEL_REPO": "lender/credit", "APPLICANTS": given}).applicants == place


@pytest.mark.parametrize(
    ("environment", "told"),
    [
        ({"ARTIFACT": "a", "MODEL_REPO": "lender/credit"}, "Set one of them"),
        ({"MODEL_REVISION": "v1"}, "without MODEL_REPO"),
        ({"MODEL_REPO": "credit"}, "Set it to ORG/NAME"),
        ({"MODEL_REPO": " "}, "Set it to ORG/NAME"),
        ({"MODEL_REPO": "../credit"}, "Set it to ORG/NAME"),
        ({"MODEL_REFRESH_MINUTES": "often"}, "is not a number"),
        ({"MODEL_REFRESH_MINUTES": "0"}, "above 0"),
        ({"MODEL_REFRESH_MINUTES": "-1"}, "above 0"),
        ({"MODEL_REFRESH_MINUTES": "nan"}, "above 0"),
        ({"MODEL_REFRESH_MINUTES": "inf"}, "above 0"),
        ({"LOG_FORMAT": "xml"}, "Set text or json"),
        ({"CALLS_PER_MINUTE": "1.5"}, "whole number"),
        ({"CALLS_PER_MINUTE": "0"}, "above 0"),
        ({"QUEUE_LENGTH": "many"}, "is not a number"),
        ({"DECISION_DAYS": "1.5"}, "whole number"),
    ],
)
def test_settings_that_contradict_or_are_not_allowed_are_named(environment, told):
    with pytest.raises(InvalidInputError, match=told):
        read_settings(environment)


def test_how_the_app_runs_can_be_set():
    assert read_settings({}).operation == OperationSettings("text", 6000, 200)
    given = {"LOG_FORMAT": "json", "CALLS_PER_MINUTE": "30", "QUEUE_LENGTH": "5"}
    assert read_settings(given).operation == OperationSettings("json", 30, 5)


def test_recourse_may_lower_a_rate_unless_rates_are_kept():
    assert read_settings({}).recourse_rates == "price"
    assert read_settings({"RECOURSE_RATES": "keep"}).recourse_rates == "keep"
    with pytest.raises(InvalidInputError, match="RECOURSE_RATES='low' is not allowed"):
        read_settings({"RECOURSE_RATES": "low"})
