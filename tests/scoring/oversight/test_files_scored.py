"""The files that were scored, as reviewers see them."""

from __future__ import annotations

from scoring.oversight.files_scored import MOST_SHOWN, files_scored
from scoring.words.wording import text
from tests.scoring.cases.conftest import ANNA

PAYLOAD = {
    "rows": 1200,
    "refused": 7,
    "decisions": {"approve": 1000, "refer": 100, "refuse": 93},
    "model": {"version": "1.4.0", "source": "x", "revision": "y"},
}


def test_where_no_file_was_scored_nothing_is_shown(local_desk):
    found = files_scored(local_desk.journal.engine, "en")
    assert (found.sentences, found.tables) == ((), ())


def test_the_last_files_come_first(desk):
    for number in range(MOST_SHOWN + 1):
        desk.journal.record("batch", ANNA, {**PAYLOAD, "file": f"{number:064d}"})
    found = files_scored(desk.journal.engine, "fr")
    assert found.sentences == (text("files_scored.summary", "fr", count="21"),)
    (table,) = found.tables
    assert len(table.rows) == MOST_SHOWN
    at, *first = table.rows[0]
    assert first == ["anna", "0" * 12, "1\u202f200", "7", "1\u202f000", "100", "93", "1.4.0"]
    assert len(at) == len("2026-11-29 08:00")
