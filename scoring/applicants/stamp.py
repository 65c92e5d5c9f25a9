"""What a file of applicants says of itself in its footer: by which definitions it was checked, what was left out."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

KEY = b"credit-scoring"


@dataclass(frozen=True)
class Stamp:
    """What a file of applicants was made with.

    Args:
        field_table: digest of the definitions that its values were held to
            (`scoring.lender.definition.field_table_digest`).
        profile: digest of the model's reference population that its columns were compared with; None: with none.
        left_out: table -> how many of its rows were left out, for holding what is not allowed.
    """

    field_table: str
    profile: str | None
    left_out: dict[str, int]


def stamp_metadata(stamp: Stamp) -> dict[bytes, bytes]:
    """As the footer holds it."""
    return {KEY: json.dumps(vars(stamp)).encode()}


def read_stamp(metadata: Mapping[bytes, bytes]) -> Stamp | None:
    """What a footer says; None where it holds no stamp, or one of another code."""
    if KEY not in metadata:
        return None
    try:
        content: Any = json.loads(metadata[KEY])
        return Stamp(content["field_table"], content["profile"], content["left_out"])
    except (ValueError, KeyError, TypeError):
        return None
