"""Inputs as programs might send them: allowed ones, ones beside these, and anything that JSON can say."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hypothesis import strategies as st

from scoring.schema.fields import Field, fields
from scoring.words.language import LANGUAGES

Strategy = st.SearchStrategy[Any]
MOST_CHANGES = 6
LANGUAGE_TAGS = (*LANGUAGES, "fr-FR", "en_GB", "EN", "de", "", "fr-", "x" * 300)

LEAVES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.sampled_from([2**53, -(2**63), 10**30, 10**400])
    | st.floats()
    | st.text(max_size=20)
)
ANYTHING: Strategy = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)


def values_of(field: Field) -> Strategy:
    """Values of a raw field, most of them allowed."""
    if field.type == "text":
        return st.sampled_from([*field.levels]) | ANYTHING
    ends = [end for end in (field.minimum, field.maximum, *field.sentinels) if end is not None]
    numbers: Strategy = st.sampled_from([*ends, *(end - 1 for end in ends), *(end + 1 for end in ends), 0])
    low, high = field.minimum, field.maximum
    within: Strategy = st.floats(low, high) | st.integers(round(low or 0), round(high if high is not None else 10**9))
    return numbers | within | within.map(str) | ANYTHING


CHANGES: Strategy = (
    st.lists(st.sampled_from([*fields()]), max_size=MOST_CHANGES, unique=True).flatmap(
        lambda names: st.fixed_dictionaries({name: values_of(fields()[name]) for name in names})
    )
    | st.dictionaries(st.sampled_from([*fields()]) | st.text(max_size=20), ANYTHING, max_size=3)
    | ANYTHING
)
LANGUAGE: Strategy = st.sampled_from(LANGUAGES) | st.sampled_from(LANGUAGE_TAGS) | ANYTHING
FIELD: Strategy = st.sampled_from([*fields()]) | ANYTHING


def applicant_ids(on_file: Sequence[int]) -> Strategy:
    """Ids, most of them on file."""
    known = st.sampled_from([int(each) for each in on_file])
    return st.none() | known | known.map(str) | ANYTHING
