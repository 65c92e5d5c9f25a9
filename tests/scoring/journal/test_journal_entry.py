from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from hashlib import sha256

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from scoring.errors import JournalError
from scoring.journal.entry import KINDS, NO_HASH, hash_of, payload_of, payload_start, payload_text, time_text

TEXT = st.text(st.characters(exclude_categories=["Cs"]))
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=20,
)


@given(st.integers(1, 2**53 - 1), TEXT, st.sampled_from(KINDS), TEXT, TEXT)
def test_the_hash_covers_the_header_as_rfc_8785_writes_it(number: int, at: str, kind: str, person: str, role: str):
    header = {"number": number, "at": at, "kind": kind, "person": person, "role": role}
    covered = {**header, "digest": "ab" * 32, "previous": NO_HASH}
    assert hash_of(**covered) == sha256(rfc8785.dumps(covered)).hexdigest()  # type: ignore[arg-type]


@given(st.dictionaries(TEXT, JSON, max_size=5), st.none() | st.integers(1, 10**9))
def test_a_payload_comes_back_and_begins_with_its_applicant(payload: dict[str, object], applicant_id: int | None):
    text = payload_text(payload, applicant_id)
    assert payload_of(text) == payload
    assert text.startswith(payload_start(applicant_id))


def test_a_time_is_written_in_utc_and_equally_long():
    summer = timezone(timedelta(hours=2))
    assert time_text(datetime(2026, 7, 1, 10, tzinfo=summer)) == "2026-07-01T08:00:00.000000Z"
    assert time_text(datetime(2026, 7, 1, 8, 0, 0, 5, tzinfo=UTC)) == "2026-07-01T08:00:00.000005Z"
    with pytest.raises(JournalError, match="has no time zone"):
        time_text(datetime(2026, 7, 1))


@pytest.mark.parametrize("text", ["", "{}", "[]", "null", '{"applicant_id":1', '{"payload"'])
def test_what_is_no_payload_is_said_in_words(text: str):
    with pytest.raises(JournalError, match="journal verify"):
        payload_of(text)
