"""The stamp in the footer of a file of applicants: the definitions it was checked by, and what was left out."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

KEY = b"credit-scoring"


@dataclass(frozen=True)
class Stamp:
    """How a file of applicants was made.

    Args:
        field_table: digest of the definitions that its values were checked by
            (`scoring.schema.definition.field_table_digest`).
        profile: digest of the reference population that its columns were compared with; None: not compared.
        left_out: table -> number of rows left out because of values that are not allowed.
    """

    field_table: str
    profile: str | None
    left_out: dict[str, int]


def stamp_metadata(stamp: Stamp) -> dict[bytes, bytes]:
    """The stamp's form in the footer."""
    return {KEY: json.dumps(vars(stamp)).encode()}


def read_stamp(metadata: Mapping[bytes, bytes]) -> Stamp | None:
    """The stamp of a footer; None if there is none, or it is of another version of this code."""
    if KEY not in metadata:
        return None
    try:
        content: Any = json.loads(metadata[KEY])
        return Stamp(content["field_table"], content["profile"], content["left_out"])
    except (ValueError, KeyError, TypeError):
        return None
