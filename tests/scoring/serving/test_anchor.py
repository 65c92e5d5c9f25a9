from __future__ import annotations

from pathlib import Path

import pytest
from huggingface_hub import HfApi

from scoring.errors import HubAccessError, HubRepoNotFoundError, HubUnreachableError, JournalError
from scoring.journal.anchor import Anchoring, anchor_head
from scoring.journal.head import Head, head_from_json, kept_head
from scoring.journal.journal import Journal, open_journal
from scoring.journal.verify import verify
from scoring.people import Person
from scoring.serving.anchor import HEAD_FILE, HubAnchor, hub_anchor
from scoring.serving.settings import HubPlace, read_settings
from tests.databases import new_database
from tests.hub.server import Hub
from tests.waiting import until

REPO = "lender/journal"
ANNE = Person("anne", "adviser")


@pytest.fixture
def anchor(hub: Hub, hub_home: Path) -> HubAnchor:
    hub.create(REPO, kind="dataset", private=True)
    return HubAnchor(HfApi(endpoint=hub.url, token=hub.writer), HubPlace(REPO, "main", "dataset"))


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    opened = open_journal(f"sqlite:///{tmp_path}/journal.db")
    opened.record("settings", ANNE, {})
    return opened


def test_the_head_is_committed_and_read_again(journal: Journal, anchor: HubAnchor, hub: Hub):
    assert anchor.read() is None
    head = anchor_head(journal, anchor)
    assert head == anchor.read() == kept_head(journal.engine)
    assert verify(journal.engine, journal.keys, anchor.read()).level == "anchored"


def test_each_head_is_a_commit_of_its_own_and_none_without_news(journal: Journal, anchor: HubAnchor, hub: Hub):
    anchor_head(journal, anchor)
    for _ in range(2):
        journal.record("view", ANNE, {})
        anchor_head(journal, anchor)
        anchor_head(journal, anchor)
    titles = [commit.title for commit in anchor.api.list_repo_commits(REPO, repo_type="dataset")]
    assert titles[:3] == ["Entry 3", "Entry 2", "Entry 1"]


def test_an_empty_journal_is_not_anchored(tmp_path: Path, anchor: HubAnchor):
    assert anchor_head(open_journal(f"sqlite:///{tmp_path}/empty.db"), anchor) is None
    assert anchor.read() is None


def test_a_journal_that_lacks_what_was_anchored_does_not_overwrite_it(
    journal: Journal, anchor: HubAnchor, tmp_path: Path
):
    there = anchor_head(journal, anchor)
    other = open_journal(f"sqlite:///{tmp_path}/other.db")
    for _ in range(3):
        other.record("view", ANNE, {})
    with pytest.raises(JournalError, match="names entry 1, which this journal lacks"):
        anchor_head(other, anchor)
    assert anchor.read() == there


def test_a_journal_without_a_key_is_not_anchored(postgres: str, anchor: HubAnchor):
    journal = open_journal(new_database(postgres))
    journal.record("view", ANNE, {})
    with pytest.raises(JournalError, match="Set JOURNAL_KEY"):
        anchor_head(journal, anchor)


def test_a_file_that_is_no_head_is_refused(anchor: HubAnchor, hub: Hub):
    hub.repo(REPO, "dataset").commit({HEAD_FILE: b"{}"}, "no head")
    with pytest.raises(JournalError, match=r"head.json is not the head"):
        anchor.read()


def test_trouble_with_the_hub_is_said_in_words(journal: Journal, anchor: HubAnchor, hub: Hub):
    reader = HubAnchor(HfApi(endpoint=hub.url, token=hub.reader), anchor.place)
    with pytest.raises(HubAccessError):
        anchor_head(journal, reader)
    absent = HubAnchor(anchor.api, HubPlace("lender/absent", "main", "dataset"))
    with pytest.raises(HubRepoNotFoundError):
        absent.read()
    with hub.down(), pytest.raises(HubUnreachableError):
        anchor_head(journal, anchor)


def wait_for_head(anchor: HubAnchor, number: int) -> None:
    until(lambda: (head := anchor.read()) and head.number == number)


def test_in_the_background_the_head_is_anchored_at_once_then_again_and_at_the_end(journal: Journal, anchor: HubAnchor):
    anchoring = Anchoring(journal, anchor, seconds=0.05)
    wait_for_head(anchor, 1)
    journal.record("view", ANNE, {})
    wait_for_head(anchor, 2)
    anchoring.stop()
    slow = Anchoring(journal, anchor)
    journal.record("view", ANNE, {})
    slow.stop()
    wait_for_head(anchor, 3)


def test_no_entry_waits_for_a_hub_that_is_down(
    journal: Journal, anchor: HubAnchor, hub: Hub, caplog: pytest.LogCaptureFixture
):
    with hub.down():
        anchoring = Anchoring(journal, anchor, seconds=0.05)
        for _ in range(20):
            journal.record("view", ANNE, {})
        until(lambda: "was not anchored" in caplog.text)
    wait_for_head(anchor, 21)
    anchoring.stop()


def test_the_anchor_is_where_the_settings_say(hub: Hub):
    environment = {"JOURNAL_ANCHOR": REPO, "HF_ENDPOINT": hub.url, "HF_TOKEN": hub.writer}
    anchor = hub_anchor(read_settings(environment))
    assert anchor
    assert (str(anchor), anchor.place.kind, anchor.api.endpoint) == (REPO, "dataset", hub.url)
    assert hub_anchor(read_settings({})) is None


@pytest.mark.parametrize(
    "text", ["", "x", "[]", '{"number": 1, "hash": "a", "key": null, "signature": "s"}', '{"number": true}']
)
def test_what_is_no_head_is_none(text: str):
    assert head_from_json(text) is None


def test_a_head_is_not_mistaken_for_another(journal: Journal):
    head = kept_head(journal.engine)
    assert head
    assert journal.keys
    assert head.signed_by(journal.keys)
    assert not Head(head.number + 1, head.hash, head.key, head.signature).signed_by(journal.keys)
