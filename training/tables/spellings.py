"""Spellings of numbers that DuckDB reads without a word where we do not, looked for in the bytes of a text file.

Read as numbers at once, a cell leaves no trace of how it was written. This costs a few per cent of such a reading;
reading every number as text first would double it.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

# Arrays of this many bytes stay in the processor's cache.
CHUNK = 1 << 17
LOWER_CASE = 0x20


@dataclass(frozen=True)
class Spellings:
    """Whether a minus follows a plus somewhere, and whether there is anything like the exponent of a number."""

    two_signs: bool
    exponents: bool


def spellings(path: Path, packed: bool) -> Spellings:
    """The spellings in a text file; `packed` if it is compressed with gzip.

    Raises:
        OSError, pa.ArrowException: it is damaged.
    """
    two_signs, exponents, last = False, False, b""
    with pa.input_stream(str(path), compression="gzip" if packed else None) as file:
        while chunk := file.read(CHUNK):
            chunk = last + chunk
            two_signs = two_signs or (b"+" in chunk and b"+-" in chunk)
            exponents = exponents or ((b"e" in chunk or b"E" in chunk) and _exponent(chunk))
            last = chunk[-1:]
    return Spellings(two_signs, exponents)


def _exponent(chunk: bytes) -> bool:
    """Whether an E follows a digit, or a decimal point."""
    codes = np.frombuffer(chunk, np.uint8)
    places = np.flatnonzero((codes | LOWER_CASE) == ord("e"))
    before = codes[places[places > 0] - 1]
    return bool((((before >= ord("0")) & (before <= ord("9"))) | (before == ord("."))).any())
