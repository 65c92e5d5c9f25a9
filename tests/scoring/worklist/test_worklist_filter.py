from __future__ import annotations

from typing import Any

import pytest

from scoring.errors import InvalidInputError
from scoring.worklist.filter import Filter


@pytest.mark.parametrize(
    "given",
    [
        {"states": frozenset({"closed"})},
        {"recommendations": frozenset({"accept"})},
        {"sort": "name"},
        {"least_amount": float("nan")},
        {"most_amount": float("inf")},
        {"most_amount": 10**400},
        {"id_prefix": "-1"},
        {"id_prefix": "1" * 20},
        {"id_prefix": "١٢"},
        {"due_within_days": 0},
        {"due_within_days": 10**9},
        {"page": 0},
        {"page": 10**30},
        {"page_size": 501},
    ],
)
def test_what_is_not_allowed_is_refused_by_name(given: dict[str, Any]):
    (name,) = given
    with pytest.raises(InvalidInputError, match="is not allowed") as refused:
        Filter(**given)
    assert str(refused.value).startswith(name.removesuffix("s"))
