from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from scoring.database.engine import open_existing
from scoring.journal import append as append_module
from scoring.journal.erase import erase
from scoring.journal.journal import open_journal
from scoring.journal.keys import read_keys
from scoring.journal.verify import verify
from scoring.people import Person
from tests.scoring.journal.tampering import KINDS, copied, tamper

TRIES = 1000
ENTRIES = 47
ERASED = 100_003


@pytest.fixture(scope="module")
def untouched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A journal with checkpoints and an erasure, as its processes left it."""
    path = tmp_path_factory.mktemp("untouched") / "journal.db"
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(append_module, "CHECKPOINT_EVERY", 20)
        journal = open_journal(f"sqlite:///{path}")
        for number in range(ENTRIES - 1):
            if number == ENTRIES // 2:
                erase(journal, ERASED, "asked for", Person("dora", "maintainer"))
            person = Person(f"person {number % 3}", "adviser")
            journal.record("view", person, {"seen": number, "note": "décidé"}, 100_000 + number % 7)
        journal.engine.dispose()
        yield path


def test_what_nobody_touched_holds(untouched: Path):
    found = verify(open_existing(f"sqlite:///{untouched}"), read_keys(untouched.with_name("journal.db.key")))
    assert (found.finding, found.level, found.entries, found.erased) == (None, "signed", ENTRIES, 3)


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_of_tampering_is_named_with_its_place(untouched: Path, tmp_path: Path, kind: str):
    keys = read_keys(untouched.with_name("journal.db.key"))
    wrong = []
    for seed in range(TRIES // len(KINDS) + 1):
        path = copied(untouched, tmp_path / "copy")
        place = tamper(path, kind, Random(f"{kind} {seed}"))
        engine = open_existing(f"sqlite:///{path}")
        finding = verify(engine, keys).finding
        engine.dispose()
        shutil.rmtree(path.parent)
        if finding is None or (finding.kind, finding.number) != (kind, place):
            wrong.append((seed, place, finding))
    assert wrong == []
