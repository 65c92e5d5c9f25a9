"""A recorded decision is scored again: proved if every figure agrees, and what differs is named with both values."""

from __future__ import annotations

import json
import shutil
from dataclasses import asdict, replace

import pytest
from sqlalchemy import text

from scoring.__main__ import main
from scoring.artifact.load import load_artifact
from scoring.artifact.recost import with_costs
from scoring.cases.orders import Order
from scoring.cases.steps import confirm, decide, record_score, reopen
from scoring.decision.costs import RatioCosts
from scoring.errors import HubRevisionNotFoundError, JournalError
from scoring.journal.erase import erase
from scoring.journal.tables import JOURNAL, PAYLOAD
from scoring.oversight import replay as replays
from scoring.oversight.recorded_model import recorded_model
from scoring.oversight.replay import Replay, costs_of, recorded_entry, replayed
from scoring.serving.live import Serving
from scoring.serving.service import Service, assess, commented
from scoring.serving.settings import DEMO_ARTIFACT, read_settings
from tests.hub.published import MODEL, put_model
from tests.scoring.cases.conftest import ANNA, MAX, SUE, TEAM
from tests.scoring.oversight.conftest import WHY
from tests.sealed import reseal


def replay_of(desk, number, artifact) -> Replay:
    entry, lines = recorded_entry(desk.journal.engine, number)
    return Replay(entry.number, entry.kind, (*lines, *replayed(entry, artifact, "here", artifact.rule.costs)))


def verdicts(replay: Replay) -> dict[str, str]:
    return {line.item: line.verdict for line in replay.lines}


def differing(replay: Replay) -> dict[str, str]:
    return {line.item: line.found for line in replay.lines if line.verdict == "differs"}


def test_a_decision_with_changes_is_proved_figure_by_figure(desk, service, by_recommendation):
    order = Order(by_recommendation["approve"][0], {"AMT_CREDIT": 250_000}, "approve", language="fr")
    recorded = decide(desk, service, ANNA, order, TEAM)
    replay = replay_of(desk, recorded.entry, service.artifact)
    assert replay.proved
    assert set(verdicts(replay).values()) == {"proved"}
    assert {
        "probability",
        "threshold",
        "referral band",
        "expected cost",
        "recommendation",
        "reasons",
        "comment",
    } <= set(verdicts(replay))


@pytest.mark.parametrize("outcome", ["approve", "refer", "refuse"])
def test_every_kind_of_recommendation_is_proved(outcome, local_desk, service, by_recommendation):
    for applicant_id in by_recommendation[outcome]:
        recorded = decide(local_desk, service, ANNA, Order(applicant_id, None, "refer", **WHY), TEAM)
        assert differing(replay_of(local_desk, recorded.entry, service.artifact)) == {}


def test_what_could_change_in_the_history_is_recorded_so_that_the_comment_is_proved(local_desk, service, applicants):
    applicant = next(found for found in map(applicants.find, applicants.ids.tolist()) if found.scenarios)
    kept = replace(service, rates="keep")
    recorded = decide(local_desk, kept, ANNA, Order(applicant.applicant_id, None, "refer", **WHY), TEAM)
    entry, _ = recorded_entry(local_desk.journal.engine, recorded.entry)
    assert len(entry.payload["application"]["scenarios"]) == len(applicant.scenarios)
    assert entry.payload["recourse_rates"] == "keep"
    assert differing(replay_of(local_desk, recorded.entry, service.artifact)) == {}


def test_conditions_on_the_history_are_recorded_in_currency_and_proved(local_desk, service, history_plan):
    assessment, plan = history_plan
    number = assessment.applicant.applicant_id
    order = Order(number, plan.changes, "approve", history=[asdict(move) for move in plan.history])
    recorded = decide(local_desk, service, SUE, order, TEAM)
    entry, _ = recorded_entry(local_desk.journal.engine, recorded.entry)
    assert entry.payload["history"] == [asdict(move) for move in plan.history]
    assert entry.payload["probability"] == plan.probability
    replay = replay_of(local_desk, recorded.entry, service.artifact)
    assert verdicts(replay)["conditions on the history"] == "proved"
    assert differing(replay) == {}
    cheaper = [{**move, "cost": 1.0} for move in entry.payload["history"]]
    altered = replace(entry, payload={**entry.payload, "history": cheaper})
    lines = replayed(altered, service.artifact, "here", service.artifact.rule.costs)
    assert [line.item for line in lines if line.verdict == "differs"] == ["conditions on the history"]


def test_a_new_application_is_proved(local_desk, service):
    changes = {"AMT_CREDIT": 100_000, "AMT_ANNUITY": 9_000, "AMT_INCOME_TOTAL": 250_000, "DAYS_BIRTH": -15_000}
    changes |= {"EXT_SOURCE_2": 0.7, "EXT_SOURCE_3": 0.7}
    score = commented(service, assess(service, None, changes, "en"))
    why = {} if score.decision == "refer" else WHY
    recorded = decide(local_desk, service, ANNA, Order(None, changes, "refer", **why), TEAM)
    assert differing(replay_of(local_desk, recorded.entry, service.artifact)) == {}


def test_a_score_of_a_program_is_proved(local_desk, service, by_recommendation):
    assessment = assess(service, by_recommendation["refuse"][0], {}, "fr")
    record_score(local_desk, service, ANNA, assessment, commented(service, assessment))
    replay = replay_of(local_desk, 1, service.artifact)
    assert replay.proved
    assert replay.kind == "score"


def test_a_confirmation_leads_to_its_decision(local_desk, service, by_recommendation):
    applicant_id = by_recommendation["refuse"][0]
    made = decide(local_desk, service, ANNA, Order(applicant_id, None, "approve", **WHY), TEAM)
    confirmed = confirm(local_desk, service, SUE, applicant_id, "", None, "en")
    replay = replay_of(local_desk, confirmed.entry, service.artifact)
    assert (replay.entry, replay.proved, verdicts(replay)["confirmation"]) == (made.entry, True, "proved")


def test_other_costs_than_the_model_was_trained_for_are_put_in(local_desk, service, by_recommendation):
    dear = Service(with_costs(service.artifact, RatioCosts(false_approval=4.0)), service.applicants)
    recorded = decide(local_desk, dear, ANNA, Order(by_recommendation["refuse"][0], None, "refer", **WHY), TEAM)
    entry, _ = recorded_entry(local_desk.journal.engine, recorded.entry)
    lines = replayed(entry, service.artifact, "here", service.artifact.rule.costs)
    assert [line for line in lines if line.verdict == "differs"] == []
    (note,) = [line.found for line in lines if line.verdict == "note"]
    assert "10.0" in note


def test_costs_of_amounts_are_proved(local_desk, amount_service, by_recommendation):
    recorded = decide(
        local_desk, amount_service, ANNA, Order(by_recommendation["approve"][1], None, "refer", **WHY), TEAM
    )
    replay = replay_of(local_desk, recorded.entry, amount_service.artifact)
    assert replay.proved
    entry, _ = recorded_entry(local_desk.journal.engine, recorded.entry)
    assert costs_of(entry.payload["model"]["costs"]) == amount_service.artifact.rule.costs


def test_another_model_is_named_and_every_figure_that_differs_with_both_values(
    local_desk, service, by_recommendation, tmp_path
):
    recorded = decide(local_desk, service, ANNA, Order(by_recommendation["approve"][0], None, "approve"), TEAM)
    folder = shutil.copytree(DEMO_ARTIFACT, tmp_path / "other")
    calibration = json.loads((folder / "calibration.json").read_text())
    (folder / "calibration.json").write_text(json.dumps({**calibration, "intercept": calibration["intercept"] + 0.5}))
    reseal(folder)
    other = load_artifact(folder, "other")
    found = differing(replay_of(local_desk, recorded.entry, other))
    assert f"revision '{service.artifact.identity.revision}' is recorded" in found["model"]
    assert "a difference of 0." in found["probability"]
    assert "reasons" not in found
    assert "application digest" not in found


@pytest.mark.parametrize(
    ("path", "value", "item"),
    [
        (("probability",), 0.5, "probability"),
        (("threshold",), 0.5, "threshold"),
        (("referral_band",), [0.1, 0.2], "referral band"),
        (("expected_cost", "approve"), 3.0, "expected cost"),
        (("recommendation",), "refuse", "recommendation"),
        (("points",), 612.5, "points"),
        (("score_band",), "Prime", "score band"),
        (("comment",), "Another comment.", "comment"),
        (("reasons", 0, "contribution"), 9.0, "reasons"),
        (("reasons", 0, "feature"), "AMT_CREDIT", "reasons"),
        (("application_digest",), "0" * 64, "application digest"),
        (("model", "k"), 2.0, "k"),
        (("against_recommendation",), True, "decision"),
        (("told_reasons",), ["AMT_CREDIT"], "decision"),
        (("application", "raw", "AMT_CREDIT"), 299_999.0, "application digest"),
        (("application", "history", None), 3.5, "application digest"),
    ],
)
def test_whoever_wrote_another_figure_into_an_entry_is_found_out(
    path, value, item, local_desk, service, by_recommendation
):
    """The chain is in order: the entry itself was made so. None: whichever comes first."""
    applicant_id = by_recommendation["approve"][0]
    decide(local_desk, service, ANNA, Order(applicant_id, None, "approve"), TEAM)
    (entry,) = local_desk.journal.entries()
    *way, last = path
    place = entry.payload
    for step in way:
        place = place[step]
    last = next(iter(place)) if last is None else last
    assert place[last] != value
    place[last] = value
    forged = local_desk.journal.record("decision", ANNA, entry.payload, applicant_id)
    replay = replay_of(local_desk, forged.number, service.artifact)
    assert verdicts(replay)[f"entry {forged.number}"] == "proved"
    assert item in differing(replay)


def test_another_code_is_a_note_and_no_difference(local_desk, service, by_recommendation, monkeypatch):
    recorded = decide(local_desk, service, ANNA, Order(by_recommendation["approve"][0], None, "approve"), TEAM)
    monkeypatch.setattr(replays, "code_identity", lambda: {"version": "9.9.9", "digest": "0" * 16})
    replay = replay_of(local_desk, recorded.entry, service.artifact)
    assert replay.proved
    assert "version 9.9.9" in next(line.found for line in replay.lines if line.item == "code")


def test_an_entry_that_was_edited_in_the_database_is_named(local_desk, service, by_recommendation):
    recorded = decide(local_desk, service, ANNA, Order(by_recommendation["approve"][0], None, "approve"), TEAM)
    engine = local_desk.journal.engine
    with engine.connect() as connection:
        for name in connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).scalars().all():
            connection.execute(text(f"DROP TRIGGER {name}"))
        written = connection.execute(PAYLOAD.select()).one().text
        connection.execute(PAYLOAD.update().values(text=written.replace('"outcome":"approve"', '"outcome":"refuse"')))
        connection.execute(JOURNAL.update().values(person="ben"))
        connection.commit()
    replay = replay_of(local_desk, recorded.entry, service.artifact)
    assert differing(replay).keys() == {"entry 1", "decision"}
    assert "its hash, the digest of its payload not as recorded" in differing(replay)["entry 1"]


def test_what_cannot_be_replayed_is_said(desk, service, by_recommendation):
    applicant_id = by_recommendation["approve"][0]
    made = decide(desk, service, ANNA, Order(applicant_id, None, "approve"), TEAM)
    reopened = reopen(desk, ANNA, applicant_id, "New payslip", "en")
    desk.journal.record("settings", MAX, {})
    engine = desk.journal.engine
    for number, told in [
        (99, "no entry 99 in the journal. Its entries are 1 to 3"),
        (0, "no entry 0"),
        (-1, "no entry -1"),
        (2**70, "entries are numbered from 1"),
        (3, "of kind 'settings'. Give the number of a decision"),
        (reopened.entry, f"It is about entry {made.entry}: replay that one"),
    ]:
        with pytest.raises(JournalError, match=told):
            recorded_entry(engine, number)
    erase(desk.journal, applicant_id, "asked for", MAX)
    with pytest.raises(JournalError, match="what it says was erased"):
        recorded_entry(engine, made.entry)


def test_an_application_of_other_fields_is_refused_in_words(local_desk, service, by_recommendation):
    applicant_id = by_recommendation["approve"][0]
    decide(local_desk, service, ANNA, Order(applicant_id, None, "approve"), TEAM)
    (entry,) = local_desk.journal.entries()
    del entry.payload["application"]["raw"]["AMT_CREDIT"]
    with pytest.raises(JournalError, match=r"lacks AMT_CREDIT\. Use the code of version"):
        replayed(entry, service.artifact, "here", service.artifact.rule.costs)


def test_an_entry_that_says_too_little_is_refused_in_words(local_desk):
    local_desk.journal.record("decision", ANNA, {"outcome": "approve"}, 1)
    with pytest.raises(JournalError, match="Entry 1 cannot be replayed: it does not say its probability"):
        recorded_entry(local_desk.journal.engine, 1)


def test_a_model_of_the_hub_is_loaded_by_its_recorded_commit(hub, hub_home, settings, second, local_desk):
    commit = put_model(hub)
    served = Serving(settings).state.service
    applicant_id = next(iter(served.examples.values()))
    score = commented(served, assess(served, applicant_id, {}, "en"))
    why = {} if score.decision == "refer" else WHY
    recorded = decide(local_desk, served, ANNA, Order(applicant_id, None, "refer", **why), TEAM)
    assert put_model(hub, second) != commit
    entry, _ = recorded_entry(local_desk.journal.engine, recorded.entry)
    assert entry.payload["model"]["revision"] == commit
    # Neither the configured model nor the newest version of the repo matters.
    for configured in (settings, read_settings({"HF_ENDPOINT": hub.url, "HF_TOKEN": hub.reader})):
        artifact, source = recorded_model(entry.payload["model"], configured, None)
        assert source == f"{MODEL}@{commit}"
        assert [
            line for line in replayed(entry, artifact, source, artifact.rule.costs) if line.verdict != "proved"
        ] == []
    gone = {**entry.payload["model"], "revision": "0" * 40}
    with pytest.raises(HubRevisionNotFoundError, match="no tag, branch or commit"):
        recorded_model(gone, settings, None)


def test_a_folder_is_wanted_where_a_local_model_is_recorded_and_a_repo_configured(settings, service):
    recorded = {**vars(service.artifact.identity)}
    with pytest.raises(JournalError, match="Give its folder with --artifact"):
        recorded_model(recorded, settings, None)
    artifact, source = recorded_model(recorded, settings, DEMO_ARTIFACT)
    assert (artifact.identity.revision, source) == (recorded["revision"], str(DEMO_ARTIFACT))


def test_a_commit_of_a_repo_without_a_name_is_refused(service):
    recorded = {"version": "v1", "source": "demo", "revision": "0" * 40}
    with pytest.raises(JournalError, match="Set MODEL_REPO"):
        recorded_model(recorded, read_settings({}), None)


@pytest.fixture
def at_command_line(local_desk, tmp_path, monkeypatch):
    monkeypatch.setenv("JOURNAL_URL", f"sqlite:///{tmp_path / 'journal.db'}")
    return local_desk


def test_the_command_proves_and_says_so(at_command_line, service, by_recommendation, capsys):
    recorded = decide(at_command_line, service, ANNA, Order(by_recommendation["approve"][0], None, "approve"), TEAM)
    assert main(["journal", "replay", str(recorded.entry)]) == 0
    out = capsys.readouterr().out
    assert "proved  probability: 0." in out
    assert out.endswith(f"Entry {recorded.entry} is proved.\n")


def test_the_command_ends_with_1_where_something_differs_and_2_where_there_is_nothing(
    at_command_line, service, by_recommendation, capsys
):
    applicant_id = by_recommendation["approve"][0]
    decide(at_command_line, service, ANNA, Order(applicant_id, None, "approve"), TEAM)
    (entry,) = at_command_line.journal.entries()
    at_command_line.journal.record("decision", ANNA, {**entry.payload, "probability": 0.5}, applicant_id)
    assert main(["journal", "replay", "2", "--json"]) == 1
    answer = json.loads(capsys.readouterr().out)
    assert answer["proved"] is False
    assert [line["item"] for line in answer["lines"] if line["verdict"] == "differs"] == ["probability"]
    assert main(["journal", "replay", "3"]) == 2
    assert "error: There is no entry 3" in capsys.readouterr().err


def test_without_a_journal_none_is_made(tmp_path, monkeypatch, capsys):
    path = tmp_path / "none" / "journal.db"
    monkeypatch.setenv("JOURNAL_URL", f"sqlite:///{path}")
    assert main(["journal", "replay", "1"]) == 2
    assert str(path) in capsys.readouterr().err
    assert not path.parent.exists()
