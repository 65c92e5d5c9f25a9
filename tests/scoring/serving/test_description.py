import json
from dataclasses import asdict

import pytest

from scoring import __version__
from scoring.errors import InvalidInputError
from scoring.schema.fields import fields
from scoring.serving.description import describe, find_applicants
from scoring.serving.service import Service


def test_the_model_is_described_as_json(service):
    described = json.loads(json.dumps(asdict(describe(service)), allow_nan=False))
    assert described["version"] == service.artifact.identity.version
    assert described["app_version"] == __version__
    assert described["cost_ratio"] == 10
    assert described["metrics"]["held_out"]["auc"] > 0.7
    assert [field["name"] for field in described["fields"]] == list(fields())


def test_a_program_can_tell_every_score_its_band(service):
    found = describe(service)
    assert found.points["offset"] == pytest.approx(service.artifact.points.offset)
    assert [band["name"]["fr"] for band in found.score_bands] == [f"Classe {grade}" for grade in "FEDCBA"]
    assert [band["least"] for band in found.score_bands] == [None, *map(pytest.approx, (520, 540, 560, 580, 600))]


def test_required_fields_are_said(service):
    required = {field.name for field in describe(service).fields if field.required}
    assert required == {"AMT_CREDIT", "AMT_ANNUITY", "AMT_INCOME_TOTAL", "DAYS_BIRTH"}


def test_applicants_are_listed_with_their_loan(service):
    listed = find_applicants(service, "", 5)
    assert [row["applicant_id"] for row in listed] == service.applicants.ids[:5].tolist()
    assert all(row["AMT_CREDIT"] > 0 for row in listed)


def test_no_applicants_on_file_is_an_empty_list(service):
    assert find_applicants(Service(service.artifact, None), "", 5) == []


@pytest.mark.parametrize("query", ["abc", "1x", "-1", "1 2", None, True, -7, 7.5, 1e300, "٣", "9" * 1000])
def test_a_query_other_than_digits_is_refused(service, query):
    with pytest.raises(InvalidInputError):
        find_applicants(service, query, 5)


@pytest.mark.parametrize("limit", [0, -1, 101, 2.5, "2.5", "2e1", "", None, True, float("nan"), [3]])
def test_a_limit_out_of_range_is_refused(service, limit):
    with pytest.raises(InvalidInputError, match="100"):
        find_applicants(service, "", limit)


@pytest.mark.parametrize(("query", "limit"), [(1010, "20"), ("1010", 20.0), (1010.0, " 20 "), (" 1010 ", "20.0")])
def test_query_and_limit_may_be_numbers_or_text(service, query, limit):
    assert find_applicants(service, query, limit) == find_applicants(service, "1010", 20)
