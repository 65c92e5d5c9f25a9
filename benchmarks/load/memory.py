"""`python -m benchmarks.load.memory`: the app's memory after 2,000 and after 20,000 answers of all kinds."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from itertools import count

import httpx

from benchmarks.app import resident_megabytes, running_app
from benchmarks.demo import demo_service
from benchmarks.load.reader import Reader, get_config

AFTER = (2_000, 20_000)
LONGEST = 120
# An answer of a page for so many of programs, as in the load of a branch.
CALLS_A_PAGE = 5
TABS = ("tab-explanation", "tab-population", "tab-what_if", "tab-record")


def answers(url: str, ids: Sequence[int]) -> Iterator[None]:
    """Gets one answer after the other: calls of programs, and pages that are opened, used and closed."""
    with httpx.Client(base_url=url, timeout=LONGEST) as client:
        config = get_config(client)
        for visit in count():
            reader = Reader(client, f"?applicant={ids[visit % len(ids)]}", config)
            with client.stream("GET", f"/gradio_api/heartbeat/{reader.session}") as page:
                beats = page.iter_text()
                next(beats)
                reader.open()
                yield
                for place, tab in enumerate(TABS):
                    reader.enter("AMT_CREDIT", 200_000 + 100 * visit + place)
                    yield
                    reader.do(tab, "select")
                    yield
            for place in range(CALLS_A_PAGE):
                changes = {"AMT_CREDIT": 300_000 + 100 * visit + place}
                client.post("/gradio_api/run/score", json={"data": [ids[place % len(ids)], changes]})
                yield


def resident_after(url: str, process: int, ids: Sequence[int], numbers: Sequence[int]) -> list[float]:
    """Megabytes of memory after each of so many answers."""
    found = []
    for number, _ in enumerate(answers(url, ids), start=1):
        if number in numbers:
            found.append(resident_megabytes(process))
        if number == numbers[-1]:
            return found
    raise AssertionError("answers never end")


def main() -> int:
    """Prints the figures."""
    applicants = demo_service().applicants
    assert applicants is not None
    with running_app(CALLS_PER_MINUTE="1000000") as (address, process):
        url, ids = address.removesuffix("/gradio_api/call"), applicants.ids[:100].tolist()
        few, more = resident_after(url, process, ids, AFTER)
    times = f"{more / few:.3f} times the {few:.0f} MB after {AFTER[0]:,}"
    print(f"memory: {more:.0f} MB after {AFTER[1]:,} answers, {times}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
