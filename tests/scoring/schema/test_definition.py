"""One definition: what `checked_value` refuses of a single value, `breaks` marks in a column, and nothing else."""

from __future__ import annotations

import time

import ibis
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.errors import InvalidInputError
from scoring.schema.definition import breaks, checked_value, field_table_digest, read_number
from scoring.schema.fields import Field, fields

EVERY = list(fields().values())
NUMBERS = [field for field in EVERY if field.type != "text"]
TEXTS = [field for field in EVERY if field.type == "text"]


def near(field: Field) -> st.SearchStrategy[float]:
    """Numbers about the limits and marks of a field, whole and not."""
    edges = [float(edge) for edge in (field.minimum, field.maximum, 0, 1, -1, *field.sentinels) if edge is not None]
    return st.one_of(
        st.sampled_from(edges),
        st.sampled_from(edges).flatmap(
            lambda edge: st.sampled_from([edge - 1, edge + 1, edge + 0.5, -edge, edge * 100])
        ),
        st.floats(allow_nan=False, allow_infinity=True),
        st.integers(-(2**53), 2**53).map(float),
    )


def refused(field: Field, value: object) -> bool:
    try:
        checked_value(field, value, "en")
    except InvalidInputError:
        return True
    return False


def in_duckdb(values: pd.Series, field: Field) -> list[bool]:
    table = ibis.memtable({"values": values})
    return breaks(table["values"], field).name("broken").to_pandas().tolist()


@pytest.mark.parametrize("field", NUMBERS, ids=lambda field: field.name)
@settings(max_examples=2, deadline=None)
@given(data=st.data())
def test_one_number_and_a_column_of_numbers_are_checked_alike(field: Field, data: st.DataObject) -> None:
    numbers = data.draw(st.lists(near(field), min_size=40, max_size=40))
    expected = [refused(field, number) for number in numbers]
    column = pd.Series(numbers, dtype="float64")
    assert breaks(column, field).tolist() == expected
    assert in_duckdb(column, field) == expected


@pytest.mark.parametrize("field", TEXTS, ids=lambda field: field.name)
def test_one_level_and_a_column_of_levels_are_checked_alike(field: Field) -> None:
    levels = [*field.levels, *(level.lower() for level in field.levels), *(f"{level}s" for level in field.levels), "0"]
    # Yes and no may be written otherwise; a column is parsed before it is checked.
    expected = [level not in field.levels for level in levels]
    column = pd.Series(levels, dtype="str")
    assert breaks(column, field).tolist() == expected
    assert in_duckdb(column, field) == expected
    if field.kind != "yes_no":
        assert [refused(field, level) for level in levels] == expected


def test_a_missing_value_breaks_nothing() -> None:
    number, level = fields()["AMT_CREDIT"], fields()["NAME_INCOME_TYPE"]
    assert not breaks(pd.Series([None, None], dtype="float64"), number).any()
    assert not breaks(pd.Series([None, None], dtype="str"), level).any()


def test_the_digest_tells_definitions_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    digest = field_table_digest.__wrapped__
    before = digest()
    assert digest() == before
    monkeypatch.setattr("scoring.schema.definition.fields", lambda: {"AMT_CREDIT": fields()["AMT_CREDIT"]})
    assert digest() != before


@pytest.mark.parametrize("tail", ["x", ".5x", " 1", "_1x", "e5x", ",5"])
def test_a_text_of_many_digits_is_refused_in_linear_time(tail: str) -> None:
    start = time.process_time()
    with pytest.raises(InvalidInputError):
        checked_value(fields()["AMT_CREDIT"], "1" * 200_000 + tail, "en")
    # Squared, it would be minutes.
    assert time.process_time() - start < 5


def test_a_number_may_be_written_with_as_many_digits_as_a_program_likes() -> None:
    assert read_number("0" * 5_000 + "7." + "0" * 5_000, "en") == 7
    assert read_number("0" * 5_000 + "7", "en") == 7
