"""What is tried: where inputs come from, and what must be true of each."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

# What a library or Python would say of an error, and what no caller is to see.
INNER_WORDS = re.compile(
    r'Traceback|File "|line \d+, in |site-packages|pydantic|Errno|object has no attribute|NoneType|unhashable'
)
LONGEST_WORDS = 2_000


@dataclass(frozen=True)
class Target:
    """Inputs, and a check that fails with what is wrong with the answer to one."""

    inputs: st.SearchStrategy[Any]
    check: Callable[[Any], None]


def check_words(words: str) -> None:
    """A refusal is in words for its reader, and not as long as what was sent.

    Raises:
        AssertionError: it is not.
    """
    assert words
    assert len(words) < LONGEST_WORDS, words[:LONGEST_WORDS]
    assert not INNER_WORDS.search(words), words
