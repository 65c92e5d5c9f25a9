"""Does it rank: Gini with its interval, Kolmogorov-Smirnov with its place, gains and lift."""

from __future__ import annotations

import numpy as np

from scoring.artifact.model import log_odds_of
from scoring.validation import Section
from training.statistics.discrimination import auc, gains, separation
from training.validation.bounds import Bounds
from training.validation.rows import Rows
from training.validation.section import pack_table, percent, section


def discrimination_section(rows: Rows, bounds: Bounds) -> Section:
    """The section."""
    area, gap = auc(rows.probabilities, rows.outcomes), separation(rows.probabilities, rows.outcomes)
    table = gains(rows.probabilities, rows.outcomes)
    gini, low, high = (2 * figure - 1 for figure in (area.value, area.low, area.high))
    backwards = "; it ranks the wrong way round: look at whether the outcomes are inverted" if area.high < 0.5 else ""
    _, alike = np.unique(rows.probabilities, return_counts=True)
    commonest = float(alike.max() / len(rows.probabilities))
    promised = float(rows.artifact.metrics["held_out"]["auc"])
    findings = [
        bounds.finding(
            "gini",
            low,
            f"Gini {gini:.4f} ({low:.4f} to {high:.4f}); AUC {area.value:.4f} ({area.low:.4f} to {area.high:.4f})"
            f"{backwards}",
            "lower end of DeLong's interval of the Gini, 95 %",
        ),
        bounds.finding(
            "ks",
            gap.distance,
            f"KS {gap.distance:.4f} at a probability of {gap.probability:.4f}: refusing there refuses "
            f"{percent(gap.refused)} of all, {percent(gap.defaulters)} of who defaulted and {percent(gap.repayers)} of "
            "who repaid",
            "largest gap between the two distributions",
        ),
        bounds.finding(
            "auc_loss",
            promised - area.value,
            f"AUC {area.value:.4f}, while training promised {promised:.4f} on applicants that it held out",
            "AUC promised less AUC found",
        ),
        bounds.finding(
            "first_lift",
            table[0].lift,
            f"the riskiest tenth defaults {table[0].lift:.2f} times as often as everybody and holds "
            f"{percent(table[0].captured)} of all defaults",
            "lift of the first tenth",
        ),
        bounds.finding(
            "concentration",
            commonest,
            f"{len(alike):,} different scores; the commonest is that of {percent(commonest)} of the applicants",
            "share of the applicants with one and the same score",
        ),
    ]
    figures = [
        ("AUC", area.value, area.low, area.high),
        ("Gini", gini, low, high),
        ("Kolmogorov-Smirnov", gap.distance, None, None),
        ("probability at that place", gap.probability, None, None),
        ("points there", float(rows.artifact.points.points(log_odds_of(gap.probability))), None, None),
        ("applicants refused there", gap.refused, None, None),
        ("defaulters refused there", gap.defaulters, None, None),
        ("repayers refused there", gap.repayers, None, None),
    ]
    return section(
        "discrimination",
        [],
        findings,
        [
            pack_table(
                "discrimination",
                "Discrimination, with 95 % intervals",
                {"figure": "text", "value": "number", "low": "number", "high": "number"},
                figures,
            ),
            pack_table(
                "gains",
                "Gains and lift: tenths of the applicants from the highest risk down",
                {
                    "tenth": "count",
                    "applicants": "count",
                    "defaults": "count",
                    "default rate": "share",
                    "lowest probability": "number",
                    "defaults captured so far": "share",
                    "lift so far": "number",
                },
                [
                    (
                        number,
                        row.applicants,
                        row.defaults,
                        row.defaults / row.applicants,
                        row.lowest,
                        row.captured,
                        row.lift,
                    )
                    for number, row in enumerate(table, 1)
                ],
            ),
        ],
    )
