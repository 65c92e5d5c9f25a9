"""Numbers as people type them, in either language's way, and as a form shows them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.words.language import LANGUAGES
from scoring.words.typed import read_typed, written


@pytest.mark.parametrize(
    ("typed", "english", "french"),
    [
        ("270000", 270_000, 270_000),
        ("270 000", 270_000, 270_000),
        ("270\u00a0000", 270_000, 270_000),
        ("270\u202f000", 270_000, 270_000),
        ("1,234", 1234, None),
        ("270,000", 270_000, None),
        ("1 234,567", 1234.567, 1234.567),
        ("1.234", 1.234, None),
        ("1,234,567", 1_234_567, 1_234_567),
        ("32 836,50", 32_836.5, 32_836.5),
        ("32,836.50", 32_836.5, 32_836.5),
        ("32836.5", 32_836.5, 32_836.5),
        ("64,5", 64.5, 64.5),
        ("0,125", 0.125, 0.125),
        ("0.125", 0.125, 0.125),
        (".5", 0.5, 0.5),
        ("5.", 5.0, 5.0),
        (" -5 ", -5, -5),
        ("−5", -5, -5),
        ("+5", 5, 5),
        ("12,34,567", None, None),
        ("1.234.567", None, None),
        ("1 23", None, None),
        ("27O000", None, None),
        ("1e6", None, None),
        ("٣", None, None),
        ("", None, None),
        ("-", None, None),
        ("9" * 41, None, None),
    ],
)
def test_what_is_typed_is_read_as_a_reader_of_the_language_means_it(typed, english, french):
    for language, expected in (("en", english), ("fr", french)):
        found = read_typed(typed, language)
        assert found == expected
        assert type(found) is type(expected)


@pytest.mark.parametrize(
    ("value", "unit", "english", "french"),
    [
        (32_836.5, "amount", "32,836.50", "32\u202f836,50"),
        (270_000.0, "amount", "270,000", "270\u202f000"),
        (64.5, "years", "64.5", "64,5"),
        (0.0, "count", "0", "0"),
        (1234.567, "amount", "1,234.567", "1\u202f234,567"),
        (-0.0, "score", "0", "0"),
        # Half of its last decimal more, to the last bit.
        (2.0**-24, "score", "0.00000005960464477539063", "0,00000005960464477539063"),
    ],
)
def test_a_number_is_written_with_all_its_decimals(value, unit, english, french):
    assert (written(value, "en", unit), written(value, "fr", unit)) == (english, french)


@given(value=st.integers(-(10**11), 10**11).map(lambda cents: cents / 100), language=st.sampled_from(LANGUAGES))
def test_what_is_written_is_read_again(value, language):
    assert read_typed(written(value, language, "amount"), language) == value


@given(share=st.floats(0, 1) | st.floats(0, 1e-300), language=st.sampled_from(LANGUAGES))
def test_a_share_is_read_again_however_small_it_is(share, language):
    assert read_typed(written(share, language, "score"), language) == share
