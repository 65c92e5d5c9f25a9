"""Estimated and realised performance of decisions, computed by hand."""

from __future__ import annotations

import json

import numpy as np
import pytest

from scoring.__main__ import main
from scoring.decision.costs import RatioCosts, cost_columns
from scoring.oversight.outcomes import import_outcomes
from scoring.oversight.outcomes_file import OutcomeRow
from scoring.oversight.realised import performance_report
from scoring.oversight.realised_shown import performance_html, performance_shown
from tests.scoring.cases.conftest import MAX
from tests.scoring.oversight.conftest import record

NOBODY = {"target": 1, "known_on": None}


def put_outcomes(journal, **targets):
    for name, target in targets.items():
        journal.record("outcome", MAX, {"target": target, "known_on": None}, int(name.removeprefix("a")))


def costs(p, false_approval=10.0, false_refusal=1.0):
    return {
        "probability": p,
        "expected_cost": {"approve": p * false_approval, "refuse": (1 - p) * false_refusal, "unit": "refusals"},
    }


@pytest.fixture
def decided(local_desk):
    journal = local_desk.journal
    record(journal, 1, **costs(0.01))
    record(journal, 2, **costs(0.03))
    record(journal, 3, recommendation="refuse", **costs(0.3))
    record(journal, 4, recommendation="refuse", outcome="refuse", **costs(0.6))
    record(journal, 5, outcome="refuse", **costs(0.04))
    record(journal, 6, **costs(0.05))
    put_outcomes(journal, a1=0, a2=1, a3=1, a4=0, a5=0)
    return local_desk


def test_default_rates_by_recommendation_and_decision(decided):
    report = performance_report(decided.journal.engine)
    assert (report.applicants, report.known) == (6, 5)
    cells = {(cell.recommendation, cell.outcome): cell for cell in report.cells}
    usual, low, whole = cells["approve", "approve"], cells["refuse", "approve"], cells[None, None]
    assert (usual.applicants, usual.realised.count, usual.realised.of) == (3, 1, 2)
    assert usual.expected_of_all == pytest.approx(0.03)
    assert usual.expected == pytest.approx(0.02)
    assert (low.realised.count, low.realised.of) == (1, 1)
    assert (cells[None, "approve"].applicants, cells[None, "refuse"].applicants) == (4, 2)
    assert (whole.applicants, whole.realised.count, whole.realised.of) == (6, 2, 5)
    assert ("refer", "approve") not in cells


def test_costs_are_realised_under_those_that_were_recorded(decided):
    (cost,) = performance_report(decided.journal.engine).costs
    # Approved: 2 and 3 defaulted, 10 each; refused: 4 and 5 repaid, 1 each; 1 was right.
    assert cost.realised == pytest.approx((10 + 10 + 1 + 1) / 5)
    assert cost.expected == pytest.approx((0.1 + 0.3 + 3.0 + 0.4 + 0.96) / 5)


def test_realised_costs_are_those_of_the_cost_function(local_desk, artifact):
    frame = artifact.population.frame[:200]
    probabilities = np.random.default_rng(3).uniform(0.01, 0.99, 200)
    outcomes = artifact.population.outcomes[:200]
    refused = probabilities > 0.5
    errors = RatioCosts(7.0, 2.0).per_applicant(cost_columns(frame))
    for number, (p, no) in enumerate(zip(probabilities.tolist(), refused, strict=True)):
        record(local_desk.journal, number, outcome="refuse" if no else "approve", **costs(p, 7.0, 2.0))
    rows = [OutcomeRow(number, int(target), None) for number, target in enumerate(outcomes)]
    import_outcomes(local_desk.journal, rows, "f", MAX, None)
    (cost,) = performance_report(local_desk.journal.engine).costs
    assert cost.realised == pytest.approx(errors.realised(outcomes, refused))


def test_units_are_not_added_up(local_desk):
    journal = local_desk.journal
    record(journal, 1, expected_cost={"approve": 900.0, "refuse": 50.0, "unit": "currency"}, probability=0.1)
    record(journal, 2, **costs(0.1))
    put_outcomes(journal, a1=1, a2=1)
    found = {cost.unit: cost.realised for cost in performance_report(journal.engine).costs}
    assert found == {"refusals": pytest.approx(10.0), "currency": pytest.approx(9000.0)}


def test_calibration_is_looked_at_by_band(local_desk):
    journal = local_desk.journal
    for number in range(40):
        record(journal, number, **costs(0.15))
        record(journal, 100 + number, **costs(0.02))
        put_outcomes(journal, **{f"a{number}": int(number < 6), f"a{100 + number}": int(number < 20)})
    bands = performance_report(journal.engine).bands
    assert [(band.low, band.high, band.realised.count, band.holds) for band in bands] == [
        (0.02, 0.05, 20, False),
        (0.10, 0.20, 6, True),
    ]


@pytest.mark.parametrize(("p", "outcome", "target"), [(0.0, "approve", 1), (1.0, "refuse", 0)])
def test_a_certain_probability_breaks_nothing(p, outcome, target, local_desk):
    record(local_desk.journal, 1, outcome=outcome, **costs(p))
    put_outcomes(local_desk.journal, a1=target)
    report = performance_report(local_desk.journal.engine)
    assert report.costs[0].realised == 0.0
    assert report.bands[0].realised.of == 1


def test_outcomes_without_a_decision_do_not_count(local_desk):
    record(local_desk.journal, 1)
    local_desk.journal.record("outcome", MAX, NOBODY, 99)
    report = performance_report(local_desk.journal.engine)
    assert (report.known, report.costs, report.bands) == (0, (), ())
    shown = performance_shown(report, "en")
    assert "No outcome of the 1 decided applicants is known" in shown.plain()
    assert len(shown.tables) == 1


def test_it_is_worded_in_both_languages(decided):
    report = performance_report(decided.journal.engine)
    assert "Realised default rate" in performance_html(report, "en")
    assert "Taux de défaut constaté" in performance_html(report, "fr")


def test_the_command_prints_it(decided, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("JOURNAL_URL", f"sqlite:///{tmp_path / 'journal.db'}")
    assert main(["outcomes", "report"]) == 0
    assert "The outcome of 5 of 6 decided applicants is known." in capsys.readouterr().out
    assert main(["outcomes", "report", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["known"] == 5
    assert main(["outcomes", "report", "--until", "2020-01-01"]) == 2
