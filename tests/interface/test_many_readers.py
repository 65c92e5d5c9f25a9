"""Many readers at once, each with a page of their own: every answer is what the reader would get alone."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

from benchmarks.load.together import TABS, visits
from scoring.applicants.store import ApplicantsFile

# `python -m benchmarks.load.together` has a hundred.
READERS = 30


def test_readers_at_once_see_what_each_would_see_alone(
    app_url: str, run_app: Callable[..., AbstractContextManager[str]], tmp_path: Path, applicants: ApplicantsFile
):
    # What is recorded is another matter: other tests decide on applicants, too.
    tabs = [tab for tab in TABS if tab != "record"]
    people = applicants.ids[3 :: len(applicants) // READERS].tolist()[:READERS]
    with run_app(tmp_path / "log", QUEUE_LENGTH="1000") as url:
        together = visits(url, people, READERS, tabs)
    alone = visits(app_url, people, 1, tabs)
    differing = [person for person, one, other in zip(people, together, alone, strict=True) if one != other]
    assert not differing
    assert "Traceback" not in (tmp_path / "log").read_text()
