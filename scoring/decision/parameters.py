"""The check of a parameter that a lender sets: costs, and the scale of points."""

from __future__ import annotations

from scoring.errors import InvalidInputError


def check_parameter(of: str, name: str, value: object, low: float, high: float) -> None:
    """Checks that a parameter is a number in [low, high] (NaN is not).

    Raises:
        InvalidInputError: it is not; the message begins with what it is a parameter of.
    """
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not low <= value <= high:
        raise InvalidInputError(f"{of}: {name} = {value!r} is not allowed. Give a number from {low:g} to {high:g}.")
