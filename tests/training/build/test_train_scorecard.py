"""A scorecard is trained, sealed, checked, served and explained as any other model."""

import math

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from scoring.applicants.store import open_applicants
from scoring.artifact.load import load_artifact
from scoring.artifact.population import PROBABILITY
from scoring.decision.bands import ScoreBand, ScoreBands
from scoring.decision.points import PointsScale
from scoring.serving.description import describe
from scoring.serving.live import Serving
from scoring.serving.service import Service, assess, explain, score
from scoring.serving.settings import read_settings
from scoring.words.language import Words
from tests.scoring.served import revision, version
from tests.training.build.conftest import tables_read
from tests.training.lender_repo import NAME
from tests.training.quick import quick_recipe
from tests.training.tiny_artifacts import another_round, variant
from training.build.report import report
from training.build.train import train
from training.dataset.applicants import write_applicants
from training.gate.bounds import explanations
from training.gate.gate import Gate, directions, elderly, invariance
from training.gate.gate import calibration as calibration_check
from training.learn.fit import Recipe
from training.publish.card import card
from training.publish.diff import diff
from training.publish.hub import fetch_artifact
from training.publish.rollback import rollback
from training.publish.version import Order, gate_of, publish
from training.validation.card import card_section
from training.validation.card import lines as card_lines

BANDS = ScoreBands((ScoreBand(Words("Decline", "Refus"), -math.inf), ScoreBand(Words("Prime", "Premier"), 480)))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("scorecard")


@pytest.fixture(scope="module")
def trained(data, frame, folder):
    with quick_recipe(), tables_read(frame):
        return train(
            data, folder / "card", "card-1", points=PointsScale(500, 20, 40), recipe=Recipe(scorecard=True), bands=BANDS
        )


@pytest.fixture(scope="module")
def loaded(trained, folder):
    return load_artifact(folder / "card", "card")


def test_it_says_what_it_is_and_how_it_counts(loaded):
    assert loaded.manifest["kind"] == "scorecard"
    assert loaded.points == PointsScale(500, 20, 40)
    assert loaded.bands == BANDS
    assert loaded.model.booster.num_trees() == len(loaded.model.features) <= 30


def test_its_held_out_figures_are_those_of_its_probabilities(loaded):
    frame = loaded.population.frame
    found = roc_auc_score(loaded.population.outcomes, frame[PROBABILITY])
    assert found == pytest.approx(loaded.metrics["held_out"]["auc"], abs=1e-9)
    assert found > 0.65


def test_it_keeps_what_every_model_must(loaded):
    probabilities = loaded.population.frame[PROBABILITY].to_numpy()
    checks = (
        invariance(loaded),
        directions(loaded),
        elderly(loaded),
        explanations(loaded, None),
        calibration_check("calibration", probabilities, loaded.population.outcomes),
    )
    assert [check.told for check in checks if not check.passed] == []


@pytest.fixture(scope="module")
def applicants(data, folder):
    write_applicants(data, folder / "applicants.parquet")
    return folder / "applicants.parquet"


def test_it_is_served_and_explained_exactly(loaded, applicants):
    service = Service(loaded, open_applicants(applicants, loaded.history_names))
    for applicant_id in service.applicants.ids[:20].tolist():
        assessment = assess(service, applicant_id, {}, "en")
        scored, told = score(service, assessment), explain(service, assessment)
        parts = sum(part.contribution for theme in told.themes for part in theme.features)
        assert told.base + parts == pytest.approx(told.log_odds, abs=1e-9)
        odds = (1 - scored.probability) / scored.probability
        assert scored.points == pytest.approx(500 + 40 * np.log2(odds / 20))
    assert describe(service).version == "card-1"


@pytest.mark.usefixtures("drawn_once")
def test_it_is_published_pulled_compared_and_rolled_back_as_any_other(trained, folder, applicants, hub, api, tmp_path):
    first = publish(api, Order(folder / "card", NAME, "v1"))
    settings = {"MODEL_REPO": NAME, "HF_ENDPOINT": hub.url, "HF_TOKEN": hub.reader, "APPLICANTS": str(applicants)}
    serving = Serving(read_settings(settings))
    assert (version(serving), revision(serving)) == ("card-1", first.commit)

    another = variant(tmp_path / "another", "card-2", change=another_round, source=folder / "card")
    second = publish(api, Order(another, NAME, "v2"))
    pulled, _ = fetch_artifact(api, NAME, second.commit)
    assert gate_of(pulled.manifest).passed
    assert gate_of(pulled.manifest).against.startswith("v1 (commit ")
    assert set(diff(load_artifact(folder / "card", "card"), pulled).flips.values()) == {0}
    serving.refresh()
    assert version(serving) == "card-2"

    rollback(api, NAME, "v1")
    serving.refresh()
    assert version(serving) == "card-1"
    service = serving.state.service
    assert service.artifact.manifest["kind"] == "scorecard"
    told = explain(service, assess(service, int(service.applicants.ids[0]), {}, "fr"))
    parts = sum(part.contribution for theme in told.themes for part in theme.features)
    assert told.base + parts == pytest.approx(told.log_odds, abs=1e-9)


def test_its_points_add_up_line_by_line(loaded):
    of_each = {}
    for line in card_lines(loaded):
        of_each.setdefault(line.feature, []).append(line)
    assert list(of_each) == [item.feature.name for item in loaded.model.features]
    matrix = loaded.population.matrix[:300]
    expected = loaded.points.points(loaded.model.log_odds(matrix))
    for row, points in zip(matrix, expected, strict=True):
        found = [points_of(*pair, of_each) for pair in zip(loaded.model.features, row, strict=True)]
        assert sum(found) == pytest.approx(points, abs=1e-9)


def points_of(item, value, of_each):
    """The points of a value, looked up on the card as a person would."""
    own = of_each[item.feature.name]
    named = {line.bin.what: line.points for line in own if line.bin.what}
    if item.levels:
        return named.get(None if np.isnan(value) else item.levels[int(value)], named["other or missing"])
    if np.isnan(value):
        return named["missing"]
    ranges = [
        line.points
        for line in own
        if line.bin.what == ""
        and (line.bin.above is None or value > line.bin.above)
        and (line.bin.most is None or value <= line.bin.most)
    ]
    return ranges[0] if ranges else named["known"]


def test_the_pack_holds_the_card(loaded):
    found = card_section(loaded)
    assert found.tables[0].rows[0][0] == loaded.model.features[0].feature.label.en
    assert "more points for less risk" in found.told[0]


def test_what_was_not_measured_is_left_out_of_report_and_card(trained, loaded):
    assert "held out" in report(trained)
    assert loaded.metrics["prices"] == {}
    assert loaded.groups.without == []
    assert "card-1" in str(card(loaded, Gate(None, ()), "lender/credit", "v1", None))
