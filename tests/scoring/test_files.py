from __future__ import annotations

from pathlib import Path

import pytest

from scoring.errors import OutputError
from scoring.files import complete_or_absent
from tests.full_disk import files_below

ROOM = 1_000


def test_file_appears_when_all_is_written(tmp_path: Path) -> None:
    out = tmp_path / "out"
    with complete_or_absent(out) as partial:
        partial.write_text("all")
        assert not out.exists()
    assert out.read_text() == "all"
    assert list(tmp_path.iterdir()) == [out]


def test_full_disk_is_said_and_leaves_what_was_there(tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.write_text("yesterday's")
    with (
        pytest.raises(OutputError, match=r"out: not written: the disk is full\. Make room"),
        files_below(ROOM),
        complete_or_absent(out) as p,
    ):
        p.write_bytes(bytes(2 * ROOM))
    assert out.read_text() == "yesterday's"
    assert list(tmp_path.iterdir()) == [out]


def test_absent_folder_is_said_before_any_work(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="No such file or directory"), complete_or_absent(tmp_path / "no" / "out"):
        pytest.fail("the work has begun")


def test_folder_of_that_name_is_said(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    with pytest.raises(OutputError, match="Is a directory"), complete_or_absent(tmp_path / "out"):
        pass
