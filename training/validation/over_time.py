"""Does it last: Gini by quarter of the application, where the dates are known.

The lender's tables count days back from an application and hold no date of it; a file of dates gives them. Slope and
spread are those of a least-squares line through the quarters' Gini.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
from scipy.stats import linregress

from scoring.arrays import Floats
from scoring.errors import PackError
from scoring.lender.roles import APPLICANT_ID
from scoring.validation import Section
from training.statistics.discrimination import Interval, auc
from training.validation.bounds import Bounds
from training.validation.rows import Rows
from training.validation.section import pack_table, section

FINDINGS = ("gini_slope", "gini_spread")
DATE = "DATE"
# With fewer of either kind, a quarter's Gini is noise; fewer quarters make no line with a spread around it.
FEWEST, FEWEST_QUARTERS = 30, 3
QUARTERS = 4


@dataclass(frozen=True)
class Quarter:
    """The applicants of a quarter; `gini` is None if fewer than `FEWEST` of either kind are in it."""

    name: str
    applicants: int
    defaults: int
    mean_probability: float
    gini: Interval | None


@dataclass(frozen=True)
class Trend:
    """Gini per year, its p-value (two-sided), and the standard deviation of the quarters around the line."""

    slope: float
    p_value: float
    spread: float


def read_dates(file: Path, applicants: pd.Series) -> pd.Series:
    """The date of each application, in the order of these ids; missing where the file has none.

    Args:
        file: CSV or Parquet with the columns `APPLICANT_ID` and `DATE` (YYYY-MM-DD).
        applicants: their ids.

    Raises:
        PackError: it cannot be read, has an id twice or a value that is not a date, or dates none of these applicants.
    """
    try:
        found = pd.read_parquet(file) if file.suffix == ".parquet" else pd.read_csv(file, dtype={DATE: "str"})
    except (OSError, ValueError, pa.ArrowException) as error:
        raise PackError(f"--dates {file}: cannot be read ({str(error).splitlines()[0]}). Export it again.") from error
    if lacking := [name for name in (APPLICANT_ID, DATE) if name not in found.columns]:
        raise PackError(f"--dates {file}: column {lacking[0]} is missing. Add it, spelled exactly like this.")
    if (twice := found[APPLICANT_ID].duplicated()).any():
        raise PackError(
            f"--dates {file}: {APPLICANT_ID} {found.loc[twice, APPLICANT_ID].iloc[0]} appears twice. Keep one row."
        )
    dates = pd.to_datetime(found[DATE], errors="coerce", format="ISO8601", utc=True).dt.tz_localize(None)
    if (wrong := found[DATE].notna() & dates.isna()).any():
        raise PackError(f"--dates {file}: {found.loc[wrong, DATE].iloc[0]!r} is not a date. Write it as 2026-01-31.")
    if not found.loc[dates.notna(), APPLICANT_ID].isin(applicants).any():
        raise PackError(
            f"--dates {file}: it dates none of these applicants. Give their {APPLICANT_ID}, as in the tables."
        )
    return dates.set_axis(found[APPLICANT_ID]).reindex(applicants)


def quarters(dates: pd.Series, probabilities: Floats, outcomes: Floats) -> list[Quarter]:
    """The quarters in order; all three are of the same n applicants, and those without a date are left out."""
    of_each = dates.dt.to_period("Q").astype("str").where(dates.notna()).to_numpy()
    return [
        _quarter(name, probabilities[of_each == name], outcomes[of_each == name])
        for name in sorted(set(of_each[dates.notna().to_numpy()]))
    ]


def _quarter(name: str, probabilities: Floats, outcomes: Floats) -> Quarter:
    defaults = int(outcomes.sum())
    area = auc(probabilities, outcomes) if min(defaults, len(outcomes) - defaults) >= FEWEST else None
    gini = Interval(2 * area.value - 1, 2 * area.low - 1, 2 * area.high - 1) if area else None
    return Quarter(name, len(outcomes), defaults, float(probabilities.mean()), gini)


def trend(found: Sequence[Quarter]) -> Trend | None:
    """The line through the quarters whose Gini is known; None if they are too few."""
    known = [(pd.Period(one.name), one.gini.value) for one in found if one.gini]
    if len(known) < FEWEST_QUARTERS:
        return None
    years = np.array([(period - known[0][0]).n / QUARTERS for period, _ in known])
    ginis = np.array([gini for _, gini in known])
    line = linregress(years, ginis)
    spread = float(np.std(ginis - line.intercept - line.slope * years))
    return Trend(float(line.slope), float(line.pvalue), spread)


def over_time_section(rows: Rows, dates: Path | None, bounds: Bounds) -> Section:
    """The section; without dates it says that nothing can be measured."""
    if dates is None or APPLICANT_ID not in rows.frame.columns:
        paragraph = (
            "The tables hold no date of application (days are counted back from it), so stability over time cannot be "
            f"told from them. Give the dates with --data and --dates: a file of {APPLICANT_ID} and {DATE}."
        )
        return section("over_time", [paragraph], bounds.untested(FINDINGS, "the dates of application are not known"))
    found = quarters(read_dates(dates, rows.frame[APPLICANT_ID]), rows.probabilities, rows.outcomes)
    line = trend(found)
    few = f"fewer than {FEWEST_QUARTERS} quarters have {FEWEST} applicants of either kind"
    findings = [
        bounds.finding(
            "gini_slope",
            line.slope if line else None,
            f"Gini changes by {line.slope:+.4f} per year, p = {line.p_value:.4g}" if line else few,
            "least squares over quarters",
        ),
        bounds.finding(
            "gini_spread",
            line.spread if line else None,
            f"the quarters' Gini lies within {line.spread:.4f} of that line (standard deviation)" if line else few,
            "standard deviation of the residuals",
        ),
    ]
    undated = len(rows.frame) - sum(one.applicants for one in found)
    left_out = [f"{undated} of the applicants have no date and are left out."] if undated else []
    table = pack_table(
        "quarters",
        "By quarter of the application, with DeLong's interval",
        {
            "quarter": "text",
            "applicants": "count",
            "defaults": "count",
            "default rate": "share",
            "mean probability": "share",
            "Gini": "number",
            "low": "number",
            "high": "number",
        },
        [
            (
                *(one.name, one.applicants, one.defaults, one.defaults / one.applicants, one.mean_probability),
                *((one.gini.value, one.gini.low, one.gini.high) if one.gini else (None, None, None)),
            )
            for one in found
        ],
    )
    return section("over_time", left_out, findings, [table])
