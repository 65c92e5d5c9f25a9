"""What is tried: where inputs come from, and what must be true of each."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from scoring.errors import ScoringError
from scoring.strict import MalformedError

# What a library or Python would say of an error, and what no caller is to see.
INNER_WORDS = re.compile(
    r'Traceback|File "|line \d+, in |site-packages|pydantic|Errno|object has no attribute|NoneType|unhashable'
)
LONGEST_WORDS = 2_000
FAILED = 500


@dataclass(frozen=True)
class Target:
    """Inputs, and a check: whether one is answered; it fails with what is wrong with an answer or a refusal."""

    inputs: st.SearchStrategy[Any]
    check: Callable[[Any], bool]


def refused(error: ScoringError | MalformedError) -> bool:
    """That an input is not answered, but refused in words.

    Raises:
        AssertionError: the words are none for a reader.
    """
    check_words(str(error))
    return False


def check_answer(status: int, content: str) -> None:
    """An answer over HTTP is no failure of the app, and shows nothing of its inside.

    Raises:
        AssertionError: it is, or does.
    """
    assert status < FAILED, (status, content[:500])
    assert not INNER_WORDS.search(content), content[:500]


def check_words(words: str) -> None:
    """A refusal is in words for its reader, and not as long as what was sent.

    Raises:
        AssertionError: it is not.
    """
    assert words
    assert len(words) < LONGEST_WORDS, words[:LONGEST_WORDS]
    assert not INNER_WORDS.search(words), words
