"""What is said of fields and families: complete, in both languages, and in agreement with the value."""

from __future__ import annotations

from pathlib import Path

import pytest

from scoring.lender import FOLDER
from scoring.schema import sayings
from scoring.schema.features import application_features
from scoring.schema.sayings import ALTERNATIVES, Sayings, agreeing, family_sayings, field_sayings, sayings_of
from scoring.strict import MalformedError
from scoring.words.language import LANGUAGES, Language
from training.lender.history import FEATURES

READABLE = [(feature.name, feature.kind) for feature in application_features()]


@pytest.mark.parametrize(
    ("side", "said"),
    [("low", "A low income counts"), ("high", "A high income counts"), ("usual", "The income counts")],
)
def test_a_sentence_agrees_with_the_value(side, said):
    assert agreeing("[A low|A high|The] income counts", side) == said


def test_of_two_alternatives_the_second_is_yes():
    assert agreeing("[Without|With] a car", "low") == "Without a car"
    assert agreeing("[Without|With] a car", "high") == "With a car"


@pytest.mark.parametrize("language", LANGUAGES)
def test_alternatives_are_three_or_in_yes_no_fields_two(language: Language):
    for name, kind in READABLE:
        said = field_sayings()[name]
        for sentence in (said.raises, said.lowers, said.letter):
            counts = {len(found.split("|")) for found in ALTERNATIVES.findall(sentence[language])}
            assert counts <= ({2} if kind == "yes_no" else {3}), (name, sentence[language])


# Words that only what is low, or only what is high, may be called.
LOW = {"low", "small", "few", "short", "faible", "petit", "petite", "basse", "court", "courte"}
HIGH = {"high", "large", "many", "long", "grand", "grande", "gros", "forte", "longue"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_low_is_called_low_and_what_is_high_high(language: Language):
    for name, said in {**field_sayings(), **family_sayings()}.items():
        for sentence in (said.raises, said.lowers):
            words = {side: set(agreeing(sentence[language], side).lower().split()) for side in ("low", "high", "usual")}
            assert not (words["low"] - words["usual"]) & HIGH, name
            assert not (words["high"] - words["usual"]) & LOW, name


def test_every_history_feature_has_a_family():
    assert {feature.factor for feature in FEATURES} == set(family_sayings())


def test_a_family_speaks_for_its_features_and_nobody_for_others():
    assert sayings_of("instalments_late_share", "instalments_late") == family_sayings()["instalments_late"]
    assert sayings_of("EXT_SOURCE_3", "external_scores") == field_sayings()["EXT_SOURCE_3"]
    assert sayings_of("unheard", "of") is None


def _read_with(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, old: str, new: str) -> dict[str, Sayings]:
    table = (FOLDER / "wording.csv").read_text(encoding="utf-8")
    assert old in table
    (tmp_path / "wording.csv").write_text(table.replace(old, new, 1), encoding="utf-8")
    monkeypatch.setattr(sayings, "FOLDER", tmp_path)
    return field_sayings.__wrapped__()


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("\nAMT_CREDIT,", "\nAMT_LOAN,", "AMT_CREDIT"),
        ("What is lent", "", "meaning_en of AMT_CREDIT must be given"),
        ("weighs against the application", "is bad", "raises_en of .* must end in 'weighs against the application'"),
        ("joue en faveur de la demande", "est bon", "lowers_fr of .* must end in 'joue en faveur de la demande'"),
        ("\nCODE_GENDER,,", "\nCODE_GENDER,Being a man,", "raises_en of CODE_GENDER must be empty"),
    ],
)
def test_a_table_that_is_not_complete_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, old: str, new: str, told: str
):
    with pytest.raises(MalformedError, match=told):
        _read_with(monkeypatch, tmp_path, old, new)
