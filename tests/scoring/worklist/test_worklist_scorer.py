from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from sqlalchemy import Engine, func, select, update

from scoring.applicants.store import open_applicants
from scoring.artifact.load import Artifact
from scoring.database.engine import open_database, reading, writing
from scoring.errors import ApplicantsFileError
from scoring.lender.roles import APPLICANT_ID, APPLIED_ON
from scoring.people import ANYBODY
from scoring.serving.batch import score_frame
from scoring.serving.live import State
from scoring.serving.service import Service
from scoring.serving.settings import DEMO_APPLICANTS
from scoring.worklist import scorer, sets
from scoring.worklist.filter import Filter
from scoring.worklist.key import scoring_key
from scoring.worklist.query import page_of
from scoring.worklist.scorer import Scorer, keep_complete
from scoring.worklist.tables import BATCHES, SCORES, SETS
from tests.waiting import until

ROOT = Path(__file__).parents[3]
ROWS = 120


@pytest.fixture
def engine(database_url: str) -> Engine:
    return open_database(database_url)


@pytest.fixture
def few(artifact: Artifact, tmp_path: Path) -> Service:
    """The first applicants of the demo, in a file of their own."""
    path = tmp_path / "applicants.parquet"
    pq.write_table(pq.read_table(DEMO_APPLICANTS).slice(0, ROWS), path, row_group_size=50)
    return Service(artifact, open_applicants(path, artifact.history_names))


@pytest.fixture
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scorer, "BATCH_ROWS", 30)
    monkeypatch.setattr(scorer, "ROWS_AT_ONCE", 15)
    # Batches by number alone: on a slow machine they would be smaller.
    monkeypatch.setattr(scorer, "BATCH_SECONDS", float("inf"))


def stay() -> bool:
    return False


def written(engine: Engine) -> np.ndarray:
    with reading(engine) as connection:
        found = connection.execute(select(BATCHES.c.scores).order_by(BATCHES.c.set_id, BATCHES.c.first)).scalars()
        return np.concatenate([np.empty(0, SCORES), *(np.frombuffer(scores, SCORES) for scores in found)])


def test_the_scores_are_those_of_the_batch(engine: Engine, few: Service, small_batches: None):
    keep_complete(engine, few, "me", stay)
    assert few.applicants is not None
    expected = score_frame(few.artifact, pd.concat(few.applicants.batches()))
    page = page_of(engine, scoring_key(few), ANYBODY, Filter(sort="id", page_size=ROWS), datetime.now(UTC))
    assert [row.applicant_id for row in page.rows] == expected[APPLICANT_ID].tolist()
    assert [row.recommendation for row in page.rows] == expected["decision"].tolist()
    # As many as the applicant's own page says.
    raw = [few.applicants.find(row.applicant_id).raw for row in page.rows]
    assert [row.missing for row in page.rows] == [sum(value is None for value in each.values()) for each in raw]
    np.testing.assert_allclose([row.probability for row in page.rows], expected["probability"], rtol=1e-12)
    assert (page.progress, page.total, page.dated) == (1.0, ROWS, False)
    assert page.rows[0].amount == few.applicants.find(page.rows[0].applicant_id).raw["AMT_CREDIT"]


def test_whoever_has_a_value_that_is_not_allowed_is_in_the_list_unscored(artifact: Artifact, tmp_path: Path):
    table = pq.read_table(DEMO_APPLICANTS).slice(0, 40)
    frame = table.to_pandas()
    history = artifact.history_names[0]
    frame.loc[3, "AMT_CREDIT"] = -5.0
    frame.loc[7, "NAME_INCOME_TYPE"] = "Pirate"
    frame[history] = frame[history].astype("float64")
    frame.loc[11, history] = np.inf
    path = tmp_path / "applicants.parquet"
    frame.to_parquet(path)
    service = Service(artifact, open_applicants(path, artifact.history_names))
    engine = open_database(f"sqlite:///{tmp_path / 'journal.db'}")
    keep_complete(engine, service, "me", stay)
    page = page_of(engine, scoring_key(service), ANYBODY, Filter(sort="id"), datetime.now(UTC))
    unscored = [place for place, row in enumerate(page.rows) if row.recommendation is None]
    assert unscored == [3, 7, 11]
    assert [page.rows[place].probability for place in unscored] == [None] * 3
    assert [page.rows[place].amount for place in unscored] == [None, frame.loc[7, "AMT_CREDIT"], None]
    listed = page_of(
        engine, scoring_key(service), ANYBODY, Filter(recommendations=frozenset({"unscored"})), datetime.now(UTC)
    )
    assert listed.total == 3


@pytest.mark.parametrize("kind", ["date", "moment", "text"])
def test_the_day_on_which_an_application_came_in_is_read_where_the_file_has_it(
    artifact: Artifact, tmp_path: Path, kind: str
):
    days = [datetime(2026, 11, day, 9, 30) for day in range(1, 6)]
    values = {
        "date": pa.array([day.date() for day in days[:4]] + [None]),
        "moment": pa.array([*days[:4], None], pa.timestamp("us")),
        "text": pa.array([f"{day:%Y-%m-%d}" for day in days[:4]] + ["yesterday"]),
    }
    table = pq.read_table(DEMO_APPLICANTS).slice(0, 5).append_column(APPLIED_ON, values[kind])
    path = tmp_path / "applicants.parquet"
    pq.write_table(table, path)
    service = Service(artifact, open_applicants(path, artifact.history_names))
    engine = open_database(f"sqlite:///{tmp_path / 'journal.db'}")
    keep_complete(engine, service, "me", stay)
    page = page_of(engine, scoring_key(service), ANYBODY, Filter(sort="date", descending=True), datetime.now(UTC))
    assert [row.applied for row in page.rows] == [*(day.date() for day in reversed(days[:4])), None]
    assert page.dated


def test_it_goes_on_where_it_stopped(engine: Engine, few: Service, small_batches: None):
    asked = iter([False, False, False, True])
    keep_complete(engine, few, "me", lambda: next(asked))
    key, now = scoring_key(few), datetime.now(UTC)
    halfway = page_of(engine, key, ANYBODY, Filter(), now)
    assert (halfway.total, halfway.progress) == (30, 30 / ROWS)
    keep_complete(engine, few, "another", stay)
    assert few.applicants is not None
    assert written(engine)["applicant_id"].tolist() == few.applicants.ids.tolist()
    whole = page_of(engine, key, ANYBODY, Filter(), now)
    assert (whole.total, whole.progress) == (ROWS, 1.0)


def test_of_several_at_once_one_scores(engine: Engine, few: Service, small_batches: None):
    threads = [threading.Thread(target=keep_complete, args=(engine, few, f"{place}", stay)) for place in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    keep_complete(engine, few, "last", stay)
    assert few.applicants is not None
    assert written(engine)["applicant_id"].tolist() == few.applicants.ids.tolist()


def test_whoever_lost_the_lease_writes_nothing_more(
    engine: Engine, few: Service, small_batches: None, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(sets, "LEASE", timedelta(0))
    asked = 0

    def another_takes_over() -> bool:
        nonlocal asked
        asked += 1
        if asked == 4:
            keep_complete(engine, few, "another", stay)
        return False

    keep_complete(engine, few, "first", another_takes_over)
    assert few.applicants is not None
    assert written(engine)["applicant_id"].tolist() == few.applicants.ids.tolist()
    with reading(engine) as connection:
        assert connection.execute(select(SETS.c.scored)).scalar_one() == ROWS


KILLED = """
import sys, time
from pathlib import Path
from scoring.applicants.store import open_applicants
from scoring.artifact.load import load_artifact
from scoring.database.engine import open_database
from scoring.serving.service import Service
from scoring.serving.settings import DEMO_ARTIFACT
from scoring.worklist import scorer
scorer.BATCH_ROWS, scorer.ROWS_AT_ONCE, scorer.REST = 30, 15, 10.0
artifact = load_artifact(DEMO_ARTIFACT, "demo")
service = Service(artifact, open_applicants(Path(sys.argv[2]), artifact.history_names))
print("ready", flush=True)
scorer.keep_complete(open_database(sys.argv[1]), service, "killed", lambda: False)
"""


def test_another_process_takes_over_from_one_that_was_killed(
    engine: Engine, database_url: str, few: Service, small_batches: None, monkeypatch: pytest.MonkeyPatch
):
    assert few.applicants is not None
    running = subprocess.Popen(
        [sys.executable, "-c", KILLED, database_url, str(few.applicants.path)], cwd=ROOT, stdout=subprocess.PIPE
    )
    with running:
        assert running.stdout is not None
        assert running.stdout.readline() == b"ready\n"
        while len(written(engine)) == 0:
            assert running.poll() is None
            time.sleep(0.02)
        running.send_signal(signal.SIGKILL)
    before = len(written(engine))
    assert 0 < before < ROWS
    keep_complete(engine, few, "me", stay)
    assert len(written(engine)) == before
    after_the_lease = datetime.now(UTC) + sets.LEASE + timedelta(seconds=1)
    monkeypatch.setattr(scorer, "_now", lambda: after_the_lease)
    keep_complete(engine, few, "me", stay)
    assert written(engine)["applicant_id"].tolist() == few.applicants.ids.tolist()


def test_a_file_that_changes_meanwhile_is_not_scored_on(engine: Engine, few: Service, small_batches: None):
    assert few.applicants is not None
    path, asked = few.applicants.path, 0

    def touched() -> bool:
        nonlocal asked
        asked += 1
        if asked == 3:
            os.utime(path, ns=(1, 1))
        return False

    with pytest.raises(ApplicantsFileError, match="has changed since it was opened"):
        keep_complete(engine, few, "me", touched)
    assert len(written(engine)) == 30
    assert scoring_key(few) != scoring_key(replace(few, applicants=open_applicants(path, few.artifact.history_names)))


@pytest.fixture
def scoring_thread(engine: Engine) -> Iterator[Scorer]:
    running = Scorer(engine)
    yield running
    running.stop()


def wait_until_complete(engine: Engine, service: Service) -> None:
    until(lambda: page_of(engine, scoring_key(service), ANYBODY, Filter(), datetime.now(UTC)).progress == 1)


def test_a_new_version_is_scored_in_the_background_and_the_one_before_goes_once_it_is_served_no_more(
    engine: Engine, few: Service, amount_service: Service, small_batches: None, scoring_thread: Scorer
):
    scoring_thread.observe(State(few, {}))
    scoring_thread.start()
    wait_until_complete(engine, few)
    newer = replace(amount_service, applicants=few.applicants)
    scoring_thread.observe(State(newer, {}))
    wait_until_complete(engine, newer)
    now = datetime.now(UTC)
    assert page_of(engine, scoring_key(few), ANYBODY, Filter(), now).total == ROWS
    with writing(engine) as connection:
        connection.execute(
            update(SETS).where(SETS.c.scoring_key == scoring_key(few)).values(served_at=now - timedelta(hours=1))
        )
    keep_complete(engine, newer, "me", stay)
    assert page_of(engine, scoring_key(few), ANYBODY, Filter(), now).total == 0
    assert page_of(engine, scoring_key(newer), ANYBODY, Filter(), now).total == ROWS
    with reading(engine) as connection:
        assert connection.execute(select(func.count()).select_from(SETS)).scalar_one() == 1


def test_a_fault_is_reported_once_and_tried_again(
    engine: Engine,
    few: Service,
    scoring_thread: Scorer,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
):
    monkeypatch.setattr(scorer, "LOOK_SECONDS", 0.01)
    tried = []

    def fail(*arguments: object) -> None:
        tried.append(arguments)
        if len(tried) < 4:
            raise ApplicantsFileError("The file is damaged.")
        keep_complete(*arguments)

    monkeypatch.setattr(scorer, "keep_complete", fail)
    scoring_thread.observe(State(few, {}))
    scoring_thread.start()
    wait_until_complete(engine, few)
    assert caplog.text.count("The file is damaged.") == 1


def test_without_applicants_nothing_is_begun(engine: Engine, few: Service, scoring_thread: Scorer):
    scoring_thread.observe(State(Service(few.artifact, None), {}))
    scoring_thread.start()
    time.sleep(0.2)
    with reading(engine) as connection:
        assert connection.execute(select(func.count()).select_from(SETS)).scalar_one() == 0
