"""What a response curve of the loan runs along: amounts and instalments that make a loan, and its likely term.

The likely term follows from amount and instalment. Along it, the amount is kept and the instalment changes: for each
number of months it is the one whose yearly rate is nearest to the application's own, if it is near at all.
"""

from __future__ import annotations

import numpy as np

from scoring.arrays import Columns, Floats
from scoring.errors import InvalidInputError
from scoring.lender.formulas import FORMULAS
from scoring.lender.roles import CREDIT, INSTALMENT, RATE, TERM
from scoring.schema.features import derived_features
from scoring.schema.fields import Feature, leeways
from scoring.words.language import Language
from scoring.words.wording import text

# A curve leaves out this share of past applicants on either side, but reaches to the applicant's own value.
TAIL = 0.01
# Some ten for each row of `terms.csv`.
TRIED = 2000
# A yearly rate that differs by no more than three percentage points counts as kept.
RATE_LEEWAY = 0.03


def likely_term() -> Feature:
    """The likely term as it is presented."""
    return next(feature for feature in derived_features() if feature.name == TERM)


def repeated(own: Columns, changed: Columns) -> Columns:
    """An application (columns of shape (1,)) once for each of the changed values, shape (n,)."""
    count = len(next(iter(changed.values())))
    return {**{name: np.repeat(column, count) for name, column in own.items()}, **changed}


def repaid_part(reach: tuple[float, float], name: str, own: Columns) -> tuple[float, float]:
    """The part of a reach, together with the own value, where the instalments repay the amount in the likely term.

    Args:
        reach: of the amount or the instalment.
        name: which of the two it is; the other one stays as it is.
        own: the application, columns of shape (1,).
    """
    columns = repeated(own, {name: np.linspace(*reach, TRIED)})
    repaid = columns[name][columns[INSTALMENT] * FORMULAS[TERM](columns) >= columns[CREDIT]]
    if not len(repaid):
        return reach
    found = np.append(repaid, own[name])
    return float(np.nanmin(found)), float(np.nanmax(found))


def along_term(past: Columns, own: Columns, language: Language) -> tuple[Floats, Floats]:
    """Ascending likely terms in months, shape (n,), at most one for each whole number, and the instalment of each.

    Args:
        past: past applicants, whose amounts and instalments say how long loans last.
        own: the application, columns of shape (1,).
        language: of the message.

    Raises:
        InvalidInputError: the application has no yearly rate to keep.
    """
    rate = FORMULAS[RATE](own)[0]
    if np.isnan(rate):
        raise InvalidInputError(text("error.no_rate_to_keep", language, amount=CREDIT, instalment=INSTALMENT))
    instalments = _instalments(past, own)
    apart = np.abs(FORMULAS[RATE](repeated(own, {INSTALMENT: instalments})) - rate)
    instalments, apart = instalments[apart <= RATE_LEEWAY], apart[apart <= RATE_LEEWAY]
    months = FORMULAS[TERM](repeated(own, {INSTALMENT: instalments}))
    # The nearest rate first; the application's own is nearest to itself.
    order = np.lexsort((apart, np.round(months)))
    nearest = order[np.unique(np.round(months)[order], return_index=True)[1]]
    return months[nearest], instalments[nearest]


def _instalments(past: Columns, own: Columns) -> Floats:
    """The own instalment, then those that repay the amount as fast as past applicants' instalments did theirs."""
    low, high = np.nanquantile(past[CREDIT] / past[INSTALMENT], [TAIL, 1 - TAIL]).tolist()
    step = leeways()[INSTALMENT].step
    steps = np.round(own[CREDIT] / np.linspace(low, high, TRIED) / step)
    return np.concatenate([own[INSTALMENT], np.unique(steps[steps > 0]) * step])
