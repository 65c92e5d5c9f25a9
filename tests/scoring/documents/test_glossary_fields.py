"""The glossary's part on fields is what the lender's tables say now."""

from __future__ import annotations

from pathlib import Path

import pytest

from scoring.__main__ import main
from scoring.documents.glossary import BEGIN, glossary
from scoring.schema.fields import fields
from tests.documents import ROOT

GLOSSARY = ROOT / "docs" / "glossary.md"


def test_it_is_what_the_command_makes():
    written = GLOSSARY.read_text(encoding="utf-8")
    assert glossary(written) == written, "run: python -m scoring glossary"


def test_every_field_stands_in_it_in_both_languages():
    made = glossary(BEGIN)
    for name, field in fields().items():
        row = next(line for line in made.splitlines() if line.startswith(f"| `{name}` |"))
        assert field.label.en in row
        assert field.label.fr in row


def test_what_stands_before_is_kept_and_what_stood_after_is_made_again(tmp_path: Path):
    out = tmp_path / "glossary.md"
    out.write_text(f"# Glossary\n\n{BEGIN}\nold", encoding="utf-8")
    assert main(["glossary", "--out", str(out)]) == 0
    made = out.read_text(encoding="utf-8")
    assert made.startswith("# Glossary\n\n")
    assert "old" not in made.splitlines()


@pytest.mark.parametrize(("written", "told"), [(None, "is not there"), ("# Glossary", "has no line")])
def test_a_glossary_without_a_place_for_it_is_refused_in_words(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], written: str | None, told: str
):
    out = tmp_path / "glossary.md"
    if written is not None:
        out.write_text(written, encoding="utf-8")
    assert main(["glossary", "--out", str(out)]) == 2
    assert told in capsys.readouterr().err
