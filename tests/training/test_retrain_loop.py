"""The loop of docs/publishing.md on applicants who change half-way: drift -> train -> compare -> publish -> hot swap.

A credit bureau begins to give scores on another scale: what used to be 0.6 is 0.3 now. The served model takes
everybody for riskier than they are.
"""

import pandas as pd
import pytest

from scoring.artifact.load import load_artifact
from scoring.serving.live import Serving
from scoring.serving.settings import read_settings
from tests.scoring.served import revision, version
from tests.training.lender_repo import NAME, commits
from tests.training.quick import quick_recipe
from training.build.train import train
from training.dataset.applicants import write_applicants
from training.drift.alarm import is_alarm
from training.drift.run import Question, drift
from training.gate.gate import gate_of
from training.lender.synthetic.synthesize import synthesize
from training.publish.diff import diff, difference_lines
from training.publish.hub import fetch_artifact
from training.publish.version import Order, publish

APPLICANTS, KEPT_BACK = 4_000, 1_200
BUREAU_SCORES = ["EXT_SOURCE_1", "EXT_SOURCE_2", "EXT_SOURCE_3"]
TRAIN = "application_train.parquet"

pytestmark = pytest.mark.usefixtures("drawn_once")


@pytest.fixture(autouse=True)
def quick(monkeypatch, api):
    # What Evidently draws is tested with the command.
    monkeypatch.setattr("training.drift.run.evidently_page", lambda columns, summary: summary)
    monkeypatch.setattr("training.drift.run.HfApi", lambda: api)
    with quick_recipe():
        yield


def applications(folder, seed):
    """Made-up applications of known outcome."""
    synthesize(APPLICANTS, seed, folder, progress=False)
    return pd.read_parquet(folder / TRAIN)


def written(folder, people):
    """A folder of nothing but these applications: histories would take their time, and change in no way."""
    folder.mkdir()
    people.to_parquet(folder / TRAIN)
    return folder


@pytest.fixture
def before(tmp_path):
    return written(tmp_path / "before", applications(tmp_path / "made-before", 41))


@pytest.fixture
def after(tmp_path):
    """Later applicants, and some of them that no training may learn from: two folders."""
    people = applications(tmp_path / "made-after", 42)
    people[BUREAU_SCORES] /= 2
    return written(tmp_path / "after", people[KEPT_BACK:]), written(tmp_path / "kept-back", people[:KEPT_BACK])


def test_from_a_drift_alarm_to_the_next_version_being_served(hub, api, before, after, tmp_path):
    now, kept_back = after
    old, new = tmp_path / "old", tmp_path / "new"
    train(before, old, "before")
    publish(api, Order(old, NAME, "v1"))
    write_applicants(now, tmp_path / "applicants.parquet")
    serving = Serving(
        read_settings(
            {
                "MODEL_REPO": NAME,
                "HF_ENDPOINT": hub.url,
                "HF_TOKEN": hub.reader,
                "APPLICANTS": str(tmp_path / "applicants.parquet"),
            }
        )
    )
    assert version(serving) == "before"

    # Nothing to report on applicants like those before; then the scale changes, and outcomes arrive.
    alarm = drift(Question(before, now, f"{NAME}@v1", now / TRAIN), tmp_path / "alarm")
    assert set(BUREAU_SCORES) <= set(alarm.drifted)
    assert is_alarm(alarm, "score")
    assert is_alarm(alarm, "decision")
    assert is_alarm(alarm, "calibration")
    assert alarm.realised.cost.low > alarm.reference_performance.cost.value

    train(now, new, "after")
    served, _ = fetch_artifact(api, NAME, "v1")
    told = "\n".join(difference_lines(diff(served, load_artifact(new, "new"))))
    assert "before" in told
    assert "after" in told

    done = publish(api, Order(new, NAME, "v2", data=kept_back))
    gate = gate_of(fetch_artifact(api, NAME, done.commit)[0].manifest)
    assert gate.passed
    assert gate.checks[0].figures["challenger"] < gate.checks[0].figures["current"]
    assert commits(hub)[:2] == ["Publish v2", "Publish v1"]

    serving.refresh()
    assert serving.state.trouble is None
    assert (version(serving), revision(serving)) == ("after", done.commit)

    calm = drift(Question(now, kept_back, str(new), kept_back / TRAIN), tmp_path / "calm")
    assert not is_alarm(calm, "column")
    assert not is_alarm(calm, "decision")
    assert not is_alarm(calm, "calibration")
    # A model is surer of those whom it has learnt from, most of all after a quick training on few.
    people = pd.read_parquet(kept_back / TRAIN)
    half, rest = (written(tmp_path / name, part) for name, part in (("half", people[::2]), ("rest", people[1::2])))
    assert not is_alarm(drift(Question(half, rest, str(new), rest / TRAIN), tmp_path / "unseen"), "score")
