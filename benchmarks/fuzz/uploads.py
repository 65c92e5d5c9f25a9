"""Files that are sent to `/batch`: scored or refused in words, and nothing of one that is refused stays on disk."""

from __future__ import annotations

from time import sleep
from typing import Any
from urllib.parse import urlencode

from hypothesis import strategies as st

from benchmarks.fuzz.inputs import LANGUAGE, Strategy, mostly
from benchmarks.fuzz.programs import Client
from benchmarks.fuzz.target import Target, check_answer, check_words
from scoring.interface.who import BATCH
from scoring.people import ANYBODY
from scoring.portfolio.batches import Batches

ACCEPTED, OK = 202, 200
LOOK_SECONDS = 0.002
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "latin-1")
ENDS = ("\n", "\r\n", "\r", "\n\n", "\v", "\u2028")
SEPARATORS = (",", ";", "\t", "|")
HEADERS: tuple[dict[str, str], ...] = (
    {},
    {"Content-Type": "text/csv"},
    {"Content-Type": "multipart/form-data"},
    {"Content-Encoding": "gzip"},
)


def upload_target(client: Client, batches: Batches, cells: Strategy) -> Target:
    """Tables that are written in any way, cancelled or fetched.

    Args:
        client: of an app in this process.
        batches: the app's.
        cells: those of a row by column.
    """
    form = mostly(st.sampled_from(["csv", "parquet"]))
    asked = st.fixed_dictionaries({}, optional={"language": LANGUAGE, "format": form})
    is_cancelled = mostly(st.just(False), beside=st.just(True))
    content = mostly(_tables(cells), beside=st.binary(max_size=100))

    def check(sent: tuple[bytes, dict[str, Any], dict[str, str], bool]) -> bool:
        content, query, headers, is_cancelled = sent
        answer = client.post(f"{BATCH}?{urlencode(query, errors='replace')}", content=content, headers=headers)
        check_answer(answer.status_code, answer.text)
        if answer.status_code != ACCEPTED:
            return False
        address = f"{BATCH}/{answer.json()['batch']}"
        if is_cancelled:
            client.delete(address)
        while (seen := client.get(address).json())["state"] in ("waiting", "running"):
            sleep(LOOK_SECONDS)
        for words in [seen["error"], *(each["error"] for each in seen["errors"])]:
            if words:
                check_words(words)
        batch = batches.find(ANYBODY, answer.json()["batch"])
        assert batch
        if seen["state"] != "done":
            assert not batch.folder.exists()
            return False
        fetched = client.get(f"{address}/file")
        assert fetched.status_code == OK
        return seen["rows"] > seen["refused"]

    return Target(st.tuples(content, asked, st.sampled_from(HEADERS), is_cancelled), check)


def _tables(cells: Strategy) -> Strategy:
    def written(row: dict[str, str], changed: list[dict[str, str]], how: tuple[str, str, str], more: str) -> bytes:
        separator, end, encoding = how
        lines = [[*row], *([{**row, **other}[name] for name in row] for other in changed)]
        text = end.join(separator.join(_quoted(cell, separator) for cell in line) for line in lines)
        return (text + more).encode(encoding, "replace")

    how = st.tuples(
        mostly(st.just(","), beside=st.sampled_from(SEPARATORS)),
        mostly(st.just("\n"), beside=st.sampled_from(ENDS)),
        mostly(st.just("utf-8"), beside=st.sampled_from(ENCODINGS)),
    )
    more = mostly(st.just(""), beside=st.text(max_size=20))
    return st.builds(written, cells, st.lists(cells, max_size=4), how, more)


def _quoted(cell: str, separator: str) -> str:
    doubled = cell.replace('"', '""')
    return f'"{doubled}"' if separator in cell or "\n" in cell else cell
