"""What moves it: each input shuffled among applicants or missing, and whole themes missing.

The served model scores up to 500 of the applicants again; the findings say how far its own answers move, so it
does not matter that it may have learnt from them. The AUC that a missing theme costs is measured on all of them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scoring.arrays import Floats
from scoring.artifact.load import Artifact
from scoring.artifact.model import probability_of
from scoring.decision.costs import cost_columns
from scoring.decision.rule import Terms
from scoring.validation import Form, Section
from training.audit.readers import readers
from training.statistics.discrimination import auc
from training.validation.bounds import Bounds
from training.validation.rows import Rows
from training.validation.section import pack_table, percent, section

MOST_TRIED = 500
SEED = 20
EVERY_CORE = 0


@dataclass(frozen=True)
class Move:
    """How far answers move: mean |change of log-odds|, mean change of probability, share of decisions that change."""

    log_odds: float
    probability: float
    decisions: float


def move(before: Floats, after: Floats, terms: Terms) -> Move:
    """From log-odds before and after, both (n,), under the same terms."""
    was, now = probability_of(before), probability_of(after)
    flips = terms.decide(was) != terms.decide(now)
    return Move(float(np.abs(after - before).mean()), float((now - was).mean()), float(flips.mean()))


def spread(number: int, most: int) -> np.ndarray:
    """At most so many indices among `number`, equally spaced."""
    return np.unique(np.linspace(0, number - 1, min(number, most)).astype(int))


def _log_odds(artifact: Artifact, matrix: Floats) -> Floats:
    return artifact.model.log_odds(matrix, EVERY_CORE)


def by_input(artifact: Artifact, matrix: Floats, terms: Terms) -> dict[str, tuple[Move, Move]]:
    """For each input, what shuffling it among these applicants moves, and what leaving it out does."""
    rng, before, found = np.random.default_rng(SEED), _log_odds(artifact, matrix), {}
    features, slope = artifact.model.features, artifact.model.calibration.slope
    for index, reader in enumerate(readers(artifact.model, range(len(features)))):
        shuffled, missing = matrix.copy(), matrix.copy()
        shuffled[:, index], missing[:, index] = rng.permutation(matrix[:, index]), np.nan
        tried = np.concatenate([matrix, shuffled, missing])
        margins = reader.booster.predict(tried, raw_score=True, num_threads=EVERY_CORE)
        own, *changed = np.split(np.asarray(margins), 3)
        moves = [move(before, before + slope * (margin - own), terms) for margin in changed]
        found[features[index].feature.name] = (moves[0], moves[1])
    return found


def without_theme(artifact: Artifact, matrix: Floats) -> dict[str, Floats]:
    """Log-odds (n,) if all inputs of a theme are missing, by theme."""
    themes = np.array([item.feature.theme for item in artifact.model.features])
    return {
        theme: _log_odds(artifact, np.where(themes == theme, np.nan, matrix)) for theme in sorted(set(themes.tolist()))
    }


def sensitivity_section(rows: Rows, bounds: Bounds) -> Section:
    """The section."""
    some = spread(len(rows.frame), MOST_TRIED)
    terms = rows.artifact.rule.terms(cost_columns(rows.frame.iloc[some]))
    inputs = sorted(by_input(rows.artifact, rows.matrix[some], terms).items(), key=lambda one: -one[1][1].decisions)
    before = _log_odds(rows.artifact, rows.matrix)
    area = auc(before, rows.outcomes).value
    themes = [
        (theme, move(before, after, rows.terms), area - auc(after, rows.outcomes).value)
        for theme, after in without_theme(rows.artifact, rows.matrix).items()
    ]
    themes.sort(key=lambda one: -one[2])
    findings = [
        bounds.finding(
            "input_missing",
            inputs[0][1][1].decisions,
            f"{percent(inputs[0][1][1].decisions)} of decisions change where {inputs[0][0]} is missing, the most of "
            f"{len(inputs)} inputs",
            f"each input set to missing for {len(some)} applicants",
        ),
        bounds.finding(
            "theme_missing",
            themes[0][2],
            f"AUC falls by {themes[0][2]:.4f} where the theme {themes[0][0]!r} is missing, the most of {len(themes)}; "
            f"{percent(themes[0][1].decisions)} of decisions change",
            "all inputs of a theme set to missing",
        ),
    ]
    moved: dict[str, Form] = {
        "log-odds, mean |change|": "number",
        "probability, mean change": "number",
        "decisions that change": "share",
    }
    return section(
        "sensitivity",
        [] if rows.served else ["The served model has learnt from these applicants: AUC lost is that on known ones."],
        findings,
        [
            pack_table(
                "themes_missing",
                "A whole theme missing",
                {"theme": "text", **moved, "AUC lost": "number"},
                [(theme, *vars(one).values(), lost) for theme, one, lost in themes],
            ),
            pack_table(
                "inputs_moved",
                "Each input missing, or shuffled among the applicants",
                {
                    "input": "text",
                    **{f"missing: {heading}": form for heading, form in moved.items()},
                    **{f"shuffled: {heading}": form for heading, form in moved.items()},
                },
                [(name, *vars(missing).values(), *vars(shuffled).values()) for name, (shuffled, missing) in inputs],
            ),
        ],
    )
