"""Entries that the app itself makes in the journal."""

from __future__ import annotations

from scoring.cases.notices import record_batch, record_model, record_start
from scoring.journal.verify import verify
from scoring.portfolio.batches import Batch
from scoring.portfolio.rows import Scored
from scoring.serving.live import State
from scoring.serving.settings import read_settings
from tests.scoring.cases.conftest import ANNA

SECRETS = {"HF_TOKEN": "hf_secret", "SESSION_SECRET": "s" * 40, "JOURNAL_URL": "postgresql://u:secret@host/x"}


def test_the_settings_at_start_are_recorded_without_secrets(local_desk):
    record_start(local_desk.journal, read_settings({**SECRETS, "DECISION_DAYS": "14"}))
    (entry,) = local_desk.journal.entries()
    assert (entry.kind, entry.person) == ("settings", "app")
    assert entry.payload["settings"]["decision_days"] == 14
    assert entry.payload["settings"]["access"]["sign_in"] == "none"
    assert entry.payload["code"]["digest"]
    assert not any(secret in str(entry.payload) for secret in ("hf_secret", "s" * 40, "secret"))


def test_each_model_that_is_served_is_recorded(local_desk, service):
    record_model(local_desk.journal, State(None, {}))
    record_model(local_desk.journal, State(service, {}))
    (entry,) = local_desk.journal.entries()
    assert entry.payload["model"]["revision"] == service.artifact.identity.revision
    assert entry.payload["applicants"] == len(service.applicants)


def test_a_journal_that_is_gone_keeps_no_model_from_being_served(local_desk, service, tmp_path, caplog):
    local_desk.journal.engine.dispose()
    for file in tmp_path.iterdir():
        file.unlink()
    (tmp_path / "journal.db").mkdir()
    record_model(local_desk.journal, State(service, {}))
    assert "does not say that another model is served" in caplog.text


def test_a_file_that_was_scored_is_recorded_and_proved(desk, service, tmp_path):
    batch = Batch(ANNA, "en", "csv", tmp_path, model=service.artifact.identity, sha256="ab" * 32)
    batch.count([Scored(1, probability=0.1, threshold=0.2, decision="approve"), Scored(2, error="No such amount.")])
    record_batch(desk.journal, batch)
    (entry,) = desk.journal.entries()
    assert (entry.kind, entry.person, entry.role, entry.applicant_id) == ("batch", "anna", "adviser", None)
    assert entry.payload == {
        "file": "ab" * 32,
        "rows": 2,
        "refused": 1,
        "decisions": {"approve": 1, "refer": 0, "refuse": 0},
        "model": vars(service.artifact.identity),
    }
    assert verify(desk.journal.engine, desk.journal.keys).holds
