"""Another lender is two folders: with them in place, the rest trains, scores and explains without a change."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.documents import ROOT

HERE = Path(__file__).parent
FIELDS = ["PRODUCT", "SUM_WANTED", "MONTHLY", "WAGE", "BORN", "SEX", "CAR", "CAR_YEARS", "AGENCY_SCORE"]


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What `walk.py` answers in a copy of the code whose lender is the one of this folder."""
    tree = tmp_path_factory.mktemp("second-lender")
    for package in ("scoring", "training"):
        shutil.copytree(ROOT / package, tree / package, ignore=shutil.ignore_patterns("__pycache__"))
        shutil.rmtree(tree / package / "lender")
        shutil.copytree(HERE / f"{package}_lender", tree / package / "lender")
    environment = {**os.environ, "PYTHONPATH": str(tree)}
    done = subprocess.run([sys.executable, HERE / "walk.py"], cwd=tree, capture_output=True, text=True, env=environment)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_the_application_is_the_lender_s(found):
    assert [field["name"] for field in found["model"]["fields"]] == FIELDS


def test_every_kind_of_decision_is_made_and_put_into_words(found):
    scores = [answer["score"] for answer in found["answers"]]
    assert {score["decision"] for score in scores} == {"approve", "refer", "refuse"}
    assert all(score["comment"] and (score["reasons"] or score["decision"] == "approve") for score in scores)
    words = " ".join(score["summary"] for score in scores)
    assert "gency score" in words
    assert "core de l'agence" in words


def test_application_history_and_what_joins_them_count(found):
    (themes, *_) = (answer["explanation"]["themes"] for answer in found["answers"])
    features = {feature["feature"] for theme in themes for feature in theme["features"]}
    assert {"AGENCY_SCORE", "accounts_owed_sum", "OWED_TO_WAGE"} <= features
    assert not {"SEX", "BORN"} & features


def test_applicants_are_compared_by_the_lender_s_fields(found):
    for answer in found["answers"]:
        assert answer["quantity"]["percentile"] is not None
        assert {row["level"] for row in answer["level"]["population"]["levels"]} <= {
            *("Plain loan", "Bike loan"),
            *("Prêt simple", "Prêt vélo"),
        }
        assert answer["scatter"]["points"]
        assert set(answer["similar"]["applicants"][0]["about"]) == {"SUM_WANTED", "WAGE"}


def test_recourse_moves_the_lender_s_levers_alone(found):
    moved = {name for answer in found["answers"] for plan in answer["recourse"]["plans"] for name in plan["changes"]}
    assert moved == {"SUM_WANTED", "MONTHLY"}


def test_a_value_that_is_not_allowed_is_refused_by_the_lender_s_field(found):
    assert found["refusal"] == "CAR: 'maybe' is not one of the allowed levels. Send one of: J, N."
