"""Contributions relative to the just accepted applicants, grouped by theme, and the adverse reasons derived from them.

phi(x) is TreeSHAP in calibrated log-odds. Re-centred on the just accepted applicants it still sums exactly:
log_odds(x) = [base + sum of their mean phi] + sum of [phi(x) - mean phi of theirs].
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from functools import lru_cache
from itertools import islice

import numpy as np

from scoring.answers.applicant import FeatureContribution, Reason, ThemeContribution
from scoring.arrays import Floats
from scoring.artifact.population import Population
from scoring.schema.features import ModelFeature
from scoring.schema.values import readable_value
from scoring.words.language import Language, Value
from scoring.words.wording import text

# "More than four reasons is not likely to be helpful" (Reg B commentary, 12 CFR 1002.9(b)(2)-1).
MOST_REASONS = 4
# A contribution below this (in log-odds, about 0.1 points of probability near the threshold) is not a principal reason.
LEAST_CONTRIBUTION = 0.01


def _principal(contributions: Floats, features: tuple[ModelFeature, ...], but: Collection[str] = ()) -> Iterator[int]:
    """Indices of the principal adverse contributions, largest first, one for each factor but those."""
    seen = set(but)
    for index in np.argsort(-contributions, kind="stable"):
        if contributions[index] < LEAST_CONTRIBUTION:
            return
        factor = features[index].feature.factor
        if factor not in seen:
            seen.add(factor)
            yield int(index)


def principal_features(
    contributions: Floats,
    features: tuple[ModelFeature, ...],
    but: Collection[str] = (),
    most: int = MOST_REASONS,
) -> list[int]:
    """Indices of at most so many features that raise the risk most above the just accepted.

    There is one for each factor, and none for the factors in `but`.
    """
    return list(islice(_principal(contributions, features, but), most))


# Room for the served model and the previous one, in each language.
@lru_cache(maxsize=4)
def usual_ranges(population: Population, language: Language) -> list[list[Value]]:
    """Each feature's usual values among just accepted applicants: quartiles, or the most frequent levels."""
    return [
        [readable_value(item, float(value), language) for value in usual if not np.isnan(value)]
        for item, quartiles, levels in zip(
            population.features, population.usual.T, population.usual_levels, strict=True
        )
        for usual in (quartiles if item.feature.kind == "quantitative" else levels,)
    ]


def adverse_reasons(values: Floats, contributions: Floats, population: Population, language: Language) -> list[Reason]:
    """At most four reasons against one applicant.

    Args:
        values: the applicant's features, shape (features,).
        contributions: re-centred contributions in log-odds, shape (features,).
        population: the reference applicants, for usual values.
        language: of labels and words.
    """
    return _reasons(principal_features(contributions, population.features), values, contributions, population, language)


def favourable_reasons(
    values: Floats,
    contributions: Floats,
    population: Population,
    language: Language,
    against: Sequence[Reason] = (),
    most: int = MOST_REASONS,
) -> list[Reason]:
    """At most so many reasons in favour of one applicant, like `adverse_reasons`, but of negative contributions.

    None has the factor of a reason in `against`: the same fact does not speak on both sides.
    """
    given = {reason.factor for reason in against}
    indices = principal_features(-contributions, population.features, given, most)
    return _reasons(indices, values, contributions, population, language)


def _reasons(
    indices: list[int], values: Floats, contributions: Floats, population: Population, language: Language
) -> list[Reason]:
    usual = usual_ranges(population, language)
    return [
        Reason(
            feature=item.feature.name,
            label=item.feature.label[language],
            value=readable_value(item, float(values[index]), language),
            unit=item.feature.unit,
            usual_range=usual[index],
            contribution=float(contributions[index]),
            middle=_middle(population, index),
            theme=item.feature.theme,
            theme_contribution=float(contributions[_of_theme(population, item.feature.theme)].sum()),
            factor=item.feature.factor,
            lower=lower,
            higher=higher,
        )
        for index in indices
        for item in (population.features[index],)
        for lower, higher in (_shares(population, index, float(values[index])),)
    ]


@lru_cache(maxsize=64)
def _of_theme(population: Population, theme: str) -> list[int]:
    """Indices of the theme's features."""
    return [index for index, item in enumerate(population.features) if item.feature.theme == theme]


def _middle(population: Population, index: int) -> float | None:
    """The median of a quantity among the just accepted; None for anything else, or if it is never on file."""
    median = float(population.quartiles[1, index])
    return None if population.features[index].feature.kind != "quantitative" or np.isnan(median) else median


def _shares(population: Population, index: int, value: float) -> tuple[float, float] | tuple[None, None]:
    """The shares of accepted applicants with a lower and a higher value of a quantity; None if there are none."""
    known = _accepted(population, index)
    if population.features[index].feature.kind != "quantitative" or np.isnan(value) or not len(known):
        return None, None
    lower, not_higher = (int(np.searchsorted(known, value, side)) for side in ("left", "right"))
    return lower / len(known), (len(known) - not_higher) / len(known)


# Room for all features of the served model and the previous one.
@lru_cache(maxsize=1024)
def _accepted(population: Population, index: int) -> Floats:
    """What is known of a feature among accepted applicants, in ascending order."""
    values = population.matrix[population.masks["accepted"], index]
    return np.sort(values[~np.isnan(values)])


def themed(
    values: Floats, contributions: Floats, features: tuple[ModelFeature, ...], language: Language
) -> list[ThemeContribution]:
    """One applicant's contributions by theme, themes and features by descending size; they sum to all contributions."""
    by_theme: dict[str, list[FeatureContribution]] = {}
    for index in np.argsort(-np.abs(contributions), kind="stable"):
        item = features[index]
        by_theme.setdefault(item.feature.theme, []).append(
            FeatureContribution(
                feature=item.feature.name,
                label=item.feature.label[language],
                value=readable_value(item, float(values[index]), language),
                unit=item.feature.unit,
                contribution=float(contributions[index]),
            )
        )
    themes = [
        ThemeContribution(theme, text(f"theme.{theme}", language), sum(part.contribution for part in parts), parts)
        for theme, parts in by_theme.items()
    ]
    return sorted(themes, key=lambda theme: -abs(theme.contribution))
