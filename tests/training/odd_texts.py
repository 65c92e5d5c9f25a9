"""Odd texts, columns of every kind to write them into, and what `/score` reads in each."""

from __future__ import annotations

import math
from pathlib import Path

from scoring.errors import InvalidInputError
from scoring.lender.roles import TARGET
from scoring.schema.definition import Definition, checked_value, is_missing
from tests.training.tables_fixture import allowed, applications
from training.lender.roles import TRAIN

COLUMNS = (
    *("AMT_CREDIT", "EXT_SOURCE_1", "OWN_CAR_AGE", "CNT_CHILDREN", "DAYS_BIRTH", "DAYS_EMPLOYED"),
    *("FLAG_OWN_CAR", "FLAG_MOBIL", "NAME_INCOME_TYPE", "CODE_GENDER"),
)
TEXTS = (
    # Signs, points, exponents and underscores.
    *("+5", "+-5", "-+5", "--5", "5-", "-", ".", "1.", ".5", "00012", "-0", "1e", "1e5", "1E+05", "-1.2e4", "1e0005"),
    *("1e400", "1e-400", "4.9e-324", "1e5.0", "1.2.3", "1_000", "1_0.5", "1.5_0", "1e1_0", "1__0", "1_", "_1", "1_e5"),
    # As other programs write them.
    *("0x1F", "0b11", "017", "0o17", "1d5", "1f", "1L", "inf", "-Infinity", "nan(1)", "snan", "1.#INF", "#DIV/0!"),
    *("1,5", "1,234", "1,234.5", "1.234,5", "1 000", "1 000,5", "1 000.5", "1 00", "1'000", "1\u00a0000", "1\u2007000"),
    *("5%", "$5", "5 €", "(5)", "<5", "~5", '"5"', "'5", '="5"', "5;", "12:30", "P1D", "1985-03-02", "?", "missing"),
    # Many digits, about what doubles and integers hold.
    *("9007199254740991", "9007199254740993", "9223372036854775808", "9" * 70, "0." + "0" * 70 + "1", "7." + "0" * 70),
    # Other digits, signs and blanks, around and within.
    *("１２", "٣", "½", "5²", "−5", "＋5", "\u200b1", "1\u200b0", "\ufeff1", "1\u2060", "\t1\n", "1\v", "\f1", "1\x1f"),
    *("\u30001", "- 5", "1 e5", "1\t0", "5\n5", "1e0"),
    # Yes, no, missing, marks and levels.
    *("TRUE", "true ", "yes", "N ", "\u200bY", "T", "oui", "VRAI", "on", "X", "0", "1", "1.0", "0.00", "+1", "2"),
    *("n/a", "NULL", "None", "<NA>", "\\N", " ", "-nan", "N.A.", "-12000", "-12000.5", "365243", "3.65243E5", "0.5"),
    *("Working", " Working\u00a0", "working", "Work\u200bing", "Wоrking", "\u3000Working", "F ", "XNA", "xna"),
)  # fmt: skip
CELLS = [(name, text) for name in COLUMNS for text in TEXTS]
REFUSED = "refused"


def plain(value: object) -> object:
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return None
    return value if isinstance(value, str) else float(value)  # type: ignore[arg-type]


def by_score(definition: Definition) -> list[object]:
    """What `/score` reads; a file's marker of a missing value is null there."""

    def read(text: str) -> object:
        try:
            return plain(checked_value(definition, None if is_missing(text) else text, "en"))
        except InvalidInputError:
            return REFUSED

    return list(map(read, TEXTS))


def write_cells(folder: Path) -> None:
    """A CSV table with an applicant for each of `CELLS`, numbered from 1, who is sound but for it; no outcomes."""
    sound = allowed(TRAIN, applications(*range(1, len(CELLS) + 1))).drop(columns=TARGET)
    rows = sound.astype(dict.fromkeys(COLUMNS, object))
    for place, (name, text) in enumerate(CELLS):
        rows.loc[place, name] = text
    rows.to_csv(folder / f"{TRAIN}.csv", index=False)
