"""Many readers at once, each with a page of their own: every answer is what the reader would get alone."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import httpx

from benchmarks.load.reader import Reader, get_config
from scoring.applicants.store import ApplicantsFile

READERS = 100
LONGEST = 300


def session(url: str, config: dict[str, Any], applicant_id: int, place: int) -> list[Any]:
    """All that one reader's page shows, answer by answer."""
    tab = ("explanation", "population")[place % 2]
    with httpx.Client(base_url=url, timeout=LONGEST) as client:
        reader = Reader(client, f"?applicant={applicant_id}&language={('en', 'fr')[place % 3 == 0]}", config)
        opened = reader.open()
        edited = reader.enter("AMT_CREDIT", 200_000 + 1_000 * place)
        drawn = reader.do(f"tab-{tab}", "select")
        return [opened, edited, drawn, reader.enter("AMT_INCOME_TOTAL", 90_000 + 500 * place)]


def test_a_hundred_readers_at_once_see_what_each_would_see_alone(
    app_url: str, run_app: Callable[..., AbstractContextManager[str]], tmp_path: Path, applicants: ApplicantsFile
):
    people = applicants.ids[3 :: len(applicants) // READERS].tolist()[:READERS]
    with run_app(tmp_path / "log", QUEUE_LENGTH="1000") as url, httpx.Client(base_url=url, timeout=LONGEST) as client:
        config = get_config(client)
        with ThreadPoolExecutor(READERS) as pool:
            together = list(pool.map(lambda each: session(url, config, each[1], each[0]), enumerate(people)))
    alone = [session(app_url, config, applicant_id, place) for place, applicant_id in enumerate(people)]
    differing = [person for person, one, other in zip(people, together, alone, strict=True) if one != other]
    assert not differing
    assert "Traceback" not in (tmp_path / "log").read_text()
