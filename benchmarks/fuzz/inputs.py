"""Inputs as programs might send them: allowed ones, ones beside these, and anything that JSON can say.

Drawing an input costs as much as most checks of one: strategies are flat, and made once.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from hypothesis import strategies as st

from scoring.schema.fields import Field, fields
from scoring.words.language import LANGUAGES

Strategy = st.SearchStrategy[Any]
MOST_CHANGES = 6
# Of ten: in the middle, since the ends are drawn oftener.
SELDOM = 5
LANGUAGE_TAGS = (*LANGUAGES, "fr-FR", "en_GB", "EN", "de", "", "fr-", "x" * 300)
DEEP = json.loads("[" * 60 + "]" * 60)
EXTREME = [2**53, -(2**63), 10**30, 10**400, DEEP]

LEAVES = st.one_of(st.none(), st.booleans(), st.integers(), st.sampled_from(EXTREME), st.floats(), st.text(max_size=20))
ANYTHING: Strategy = st.one_of(
    LEAVES,
    LEAVES,
    st.lists(LEAVES, max_size=3),
    st.dictionaries(st.text(max_size=8), LEAVES, max_size=3),
    st.lists(st.lists(LEAVES, max_size=2), max_size=2),
)


def mostly(*allowed: Strategy, beside: Strategy = ANYTHING) -> Strategy:
    """What is allowed, and one time in ten what may stand beside it: else nearly all is refused at first sight.

    `st.one_of` gives each of its strategies, and of theirs, the same chance.
    """
    usual = st.one_of(*allowed)
    return st.sampled_from(range(10)).flatmap(lambda drawn: beside if drawn == SELDOM else usual)


def values_of(field: Field) -> Strategy:
    """Values of a raw field, most of them allowed."""
    if field.type == "text":
        return mostly(st.sampled_from([*field.levels]))
    ends = [end for end in (field.minimum, field.maximum, *field.sentinels) if end is not None]
    numbers: Strategy = st.sampled_from([*ends, *(end - 1 for end in ends), *(end + 1 for end in ends), 0])
    low, high = field.minimum, field.maximum
    within: Strategy = st.integers(round(low or 0), round(high if high is not None else 10**9))
    if field.type == "number":
        within |= st.floats(low, high)
    return mostly(within, within.map(str), beside=numbers | ANYTHING)


VALUES: dict[str, Strategy] = {name: values_of(field) for name, field in fields().items()}
FIELDS: Strategy = st.sampled_from([*VALUES])
CHANGE: Strategy = FIELDS.flatmap(lambda name: st.tuples(st.just(name), VALUES[name]))
SOME_CHANGES: Strategy = st.lists(CHANGE, max_size=MOST_CHANGES).map(dict)
CHANGES: Strategy = mostly(
    SOME_CHANGES, beside=st.dictionaries(FIELDS | st.text(max_size=20), LEAVES, max_size=3) | ANYTHING
)
LANGUAGE: Strategy = mostly(st.sampled_from(LANGUAGES), beside=st.sampled_from(LANGUAGE_TAGS) | ANYTHING)
FIELD: Strategy = mostly(FIELDS)


def applicant_ids(on_file: Sequence[int]) -> Strategy:
    """Ids, most of them on file."""
    known = st.sampled_from([int(each) for each in on_file])
    return mostly(known, known.map(str), st.none())


@st.composite
def changed(draw: st.DrawFn, document: Any) -> Any:
    """A document in JSON with anything in one place of it, which is chosen step by step."""
    place: list[Any] = []
    node = document
    while isinstance(node, dict | list) and node and not (place and draw(st.integers(0, 9)) == 0):
        keys = [*node] if isinstance(node, dict) else range(len(node))
        place.append(draw(st.sampled_from(keys)))
        node = node[place[-1]]
    return _with(document, place, draw(ANYTHING))


def _with(document: Any, place: list[Any], value: Any) -> Any:
    """The document with a value in a place."""
    if not place:
        return value
    copy = document.copy()
    copy[place[0]] = _with(document[place[0]], place[1:], value)
    return copy
