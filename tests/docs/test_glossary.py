"""The screen uses the glossary's words."""

import re

import pytest

from scoring.words.wording import texts
from tests.documents import ROOT

GLOSSARY = ROOT / "docs" / "glossary.md"
ROW = re.compile(r"^\| (?!English)([^|-][^|]*) \| ([^|]+) \| [^|]+ \| ([^|]*)\|$", re.MULTILINE)
TERMS = ROW.findall(GLOSSARY.read_text(encoding="utf-8"))
SAID = [term for term in TERMS if term[2].strip()]
# Words that say the same as a term of the glossary, and are not to stand beside it on the screen.
OUTMODED = {
    "en": ("default probability", "likelihood of default", "cutoff", "grey zone", "simulation"),
    "fr": (
        "probabilité de faillite",
        "relevé",
        "bande d'examen",
        "zone grise",
        "et si ",
        "score de défaut",
        "hors échantillon",
        "mis de côté",
        "soumettre",
        "bureau de crédit",
        "d'ordinaire",
    ),
}


def said(term: str, words: str) -> bool:
    """Whether words hold a term, in either case, in the singular or the plural, without what it has in brackets."""
    parts = re.sub(r" \(.*?\)", "", term).split()
    return bool(re.search(r"\b" + r"\w{0,2}\s".join(map(re.escape, parts)), words, re.IGNORECASE))


@pytest.mark.parametrize(("en", "fr", "keys"), SAID, ids=[term[0] for term in SAID])
def test_the_screen_says_the_term_in_both_languages(en, fr, keys):
    for key in re.findall(r"`([\w.]+)`", keys):
        for language, term in {"en": en, "fr": fr}.items():
            assert said(term, texts()[key][language]), (key, language)


def test_most_terms_are_looked_for_on_the_screen():
    assert len(TERMS) > 40
    assert len(SAID) > 35


@pytest.mark.parametrize("language", OUTMODED)
def test_no_other_word_stands_for_a_term(language):
    found = [
        (key, word) for key, row in texts().items() for word in OUTMODED[language] if word in row[language].casefold()
    ]
    assert found == []


def test_each_term_stands_once():
    assert len({en for en, _, _ in TERMS}) == len(TERMS)
