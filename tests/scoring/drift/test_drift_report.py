"""drift.json can be read as it was written, and nothing else can."""

import json

import pytest

from scoring.answers.applicant import ModelIdentity
from scoring.drift.report import REPORT as FILE
from scoring.drift.report import read_drift_report, write_drift_report
from scoring.errors import DriftReportError
from tests.scoring.drift_example import RAW_ONLY, REPORT


@pytest.mark.parametrize("report", [REPORT, RAW_ONLY])
def test_what_is_written_is_read(report, tmp_path):
    write_drift_report(report, tmp_path)
    assert read_drift_report(tmp_path) == report
    assert [path.name for path in tmp_path.iterdir()] == [FILE]


def test_the_columns_that_drifted_keep_their_order():
    assert REPORT.drifted == ["AMT_INCOME_TOTAL"]


def test_a_report_is_about_a_version_wherever_that_came_from():
    assert REPORT.is_about(ModelIdentity("demo-2", "hub", "other"))
    assert not REPORT.is_about(ModelIdentity("demo-3", "demo", "abc"))
    assert not RAW_ONLY.is_about(ModelIdentity("demo-2", "demo", "abc"))


def test_without_a_report_the_error_says_how_to_make_one(tmp_path):
    with pytest.raises(DriftReportError, match=r"there is no drift report. Make one with: python -m training drift"):
        read_drift_report(tmp_path)


def damaged(path, value):
    def damage(content):
        place = content
        for key in path[:-1]:
            place = place[key]
        place[path[-1]] = value

    return damage


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        (damaged(["format"], 2), "it is not of format 1"),
        (lambda content: content.pop("share_drifted"), "share_drifted is missing"),
        (damaged(["more"], 1), "more is there, while nothing of that name is known"),
        (damaged(["share_drifted"], "half"), "share_drifted is 'half', while a number is wanted"),
        (damaged(["share_drifted"], True), "share_drifted is True, while a number is wanted"),
        (damaged(["columns"], []), r"columns is \[\], while an object is wanted"),
        (
            damaged(["columns", "OCCUPATION_TYPE", "drifted"], 1),
            "columns.OCCUPATION_TYPE.drifted is 1, while true",
        ),
        (
            damaged(["columns", "OCCUPATION_TYPE", "test"], "guess"),
            "columns.OCCUPATION_TYPE.test is 'guess'",
        ),
        (damaged(["columns", "AMT_INCOME_TOTAL", "changes", 0, "kind"], "odd"), "changes.0.kind is 'odd'"),
        (damaged(["score", "current_mean"], None), "score.current_mean is None, while a number is wanted"),
        (damaged(["estimated", "auc"], 0.7), "estimated.auc is 0.7, while an object is wanted"),
        (damaged(["model"], "demo"), "model is 'demo', while an object is wanted"),
        (damaged(["share_drifted"], 1.5), "share_drifted is 1.5, while at most 1 is wanted"),
        (
            damaged(["estimated", "auc", "low"], 0.9),
            "estimated.auc: low is 0.9, while no more than high, 0.3",
        ),
        (
            damaged(["columns", "AMT_INCOME_TOTAL", "changes", 0, "kind"], "unit"),
            "subject names '', which",
        ),
        (damaged(["decision", "current"], {"approve": 1.0}), "decision: current is {'approve': 1.0}"),
    ],
)
def test_another_shape_is_refused_with_its_place(damage, told, tmp_path):
    write_drift_report(REPORT, tmp_path)
    content = json.loads((tmp_path / FILE).read_text())
    damage(content)
    (tmp_path / FILE).write_text(json.dumps(content))
    with pytest.raises(DriftReportError, match=f"not a drift report: .*{told}.*Make it again"):
        read_drift_report(tmp_path)


@pytest.mark.parametrize("content", ["", "[]", "{}", "3", "{", "[" * 100_000])
def test_what_is_no_report_at_all_is_refused(content, tmp_path):
    (tmp_path / FILE).write_text(content)
    with pytest.raises(DriftReportError, match="not a drift report"):
        read_drift_report(tmp_path)
