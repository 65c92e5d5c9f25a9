"""Readers at once beside one alone: `python -m benchmarks.load.together` prints whose answers differ in anything.

An answer is all that an event changes on the page: words, numbers, and figures to the last character.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx

from benchmarks.app import first_answer, running_app
from benchmarks.load.reader import Answer, Reader, get_config
from scoring.applicants.store import open_applicants
from scoring.serving.settings import DEMO_APPLICANTS
from scoring.words.language import LANGUAGES

READERS = 100
LONGEST = 600
TABS = ("explanation", "population", "reasons", "record")


def visit(url: str, config: dict[str, Any], applicant_id: int, place: int, tabs: Sequence[str]) -> list[Answer]:
    """All that one reader's page shows, answer by answer; changes and language go by the reader's place."""
    query = f"?applicant={applicant_id}&language={LANGUAGES[place % len(LANGUAGES)]}"
    with httpx.Client(base_url=url, timeout=LONGEST) as client:
        reader = Reader(client, query, config)
        answers = [reader.open(), reader.do("tab-what_if", "select")]
        answers.append(reader.enter("AMT_CREDIT", 200_000 + 1_000 * place))
        for step, tab in enumerate(tabs):
            answers.append(reader.do(f"tab-{tab}", "select"))
            answers.append(reader.enter("AMT_INCOME_TOTAL", 90_000 + 500 * place + 100 * step))
        return answers


def visits(url: str, people: Sequence[int], at_once: int, tabs: Sequence[str] = TABS) -> list[list[Answer]]:
    """What each reader is shown, one applicant each, with so many readers at once."""
    with httpx.Client(base_url=url, timeout=LONGEST) as client:
        config = get_config(client)
    with ThreadPoolExecutor(at_once) as pool:
        return list(pool.map(lambda each: visit(url, config, each[1], each[0], tabs), enumerate(people)))


def main() -> int:
    """Prints how many answers were compared and which differ."""
    ids = open_applicants(DEMO_APPLICANTS, ()).ids
    people, found = ids[:: len(ids) // READERS].tolist()[:READERS], []
    for at_once in (READERS, 1):
        # An app of its own for each, so that neither finds figures that the other has drawn.
        with running_app(CALLS_PER_MINUTE="1000000", QUEUE_LENGTH="1000") as (address, _):
            with httpx.Client(base_url=address, timeout=LONGEST) as client:
                first_answer(client)
            found.append(visits(address.removesuffix("/gradio_api/call"), people, at_once))
    together, alone = found
    differing = [person for person, one, other in zip(people, together, alone, strict=True) if one != other]
    print(f"{READERS} readers at once: {sum(map(len, together))} answers beside those to each of them alone;")
    print(f"those of {len(differing)} readers differ{': ' if differing else ''}{', '.join(map(str, differing))}")
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())
