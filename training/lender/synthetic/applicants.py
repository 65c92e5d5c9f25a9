"""Draws applicants: the application, and latent traits that show in part there and in part in the histories."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray

from training.lender.synthetic.application import make_application
from training.lender.synthetic.columns import COMPUTED, CREDITWORTHINESS, DRAWN, STRAIN
from training.lender.synthetic.risk import application_risk, risk_by_field
from training.synthetic.sampling import Columns
from training.synthetic.trees import draw_column

# The share of each trait's spread that the application shows; histories show the rest.
SHOWN_CREDITWORTHINESS = 0.6
SHOWN_STRAIN = 0.5
FARTHEST_TRAIT = 4.0  # standard deviations
# Each applicant is chosen from this number of candidates. Columns that are drawn one after another hang together less
# than real ones, so that their risks would add up to 0.89 of the real spread, and a model trained on the applicants
# would expect too many defaults of real ones. Chosen by `FAVOUR`, candidates far from the mean risk make up for it.
CANDIDATES = 3
FAVOUR, FARTHEST_RISK = 0.5, 3.0  # log-odds per half a squared standard deviation; standard deviations


@dataclass(frozen=True)
class Applicants:
    """n synthetic applicants; every array has n rows.

    `creditworthiness` and `strain` have mean 0 and variance 1; their `hidden_` parts do not show in the application.
    Histories weigh shown and hidden parts apart, so that their quantities correlate with the risk that the application
    shows, and add to it, as real ones do (docs/accuracy.md).
    `income_score` is the standardised logarithm of income.
    """

    ids: NDArray[np.int64]
    is_test: NDArray[np.bool_]
    creditworthiness: NDArray[np.float64]
    strain: NDArray[np.float64]
    hidden_creditworthiness: NDArray[np.float64]
    hidden_strain: NDArray[np.float64]
    income_score: NDArray[np.float64]
    application: Columns

    def worth(self, shown: float, hidden: float) -> NDArray[np.float64]:
        """Creditworthiness, with its part that the application shows and its hidden part times as much, shape (n,)."""
        return shown * (self.creditworthiness - self.hidden_creditworthiness) + hidden * self.hidden_creditworthiness

    def trouble(self, shown: float, hidden: float) -> NDArray[np.float64]:
        """Strain less creditworthiness, with the part that the application shows and the hidden part times as much."""
        strain = shown * (self.strain - self.hidden_strain) + hidden * self.hidden_strain
        return strain - self.worth(shown, hidden)


@cache
def profile() -> Mapping[str, Any]:
    """The statistics of the real sample, `profile.json`."""
    return json.loads((files("training.lender.synthetic") / "profile.json").read_text(encoding="utf-8"))


def make_applicants(
    ids: NDArray[np.int64], is_test: NDArray[np.bool_], oddities: NDArray[np.object_], rng: np.random.Generator
) -> Applicants:
    """Draws applicants with their traits and all columns of the application table but SK_ID_CURR and TARGET.

    `oddities` come from `rare.plan_oddities`.
    """
    candidates = _candidates(np.tile(is_test, CANDIDATES), np.tile(oddities, CANDIDATES), rng)
    n = len(ids)
    chosen = _chosen(candidates, n, rng)
    application = {name: values[chosen] for name, values in candidates.items()}
    shown = shown_traits(application, profile())
    hidden_creditworthiness = np.sqrt(1 - SHOWN_CREDITWORTHINESS) * rng.standard_normal(n)
    hidden_strain = np.sqrt(1 - SHOWN_STRAIN) * rng.standard_normal(n)
    return Applicants(
        ids,
        is_test,
        np.sqrt(SHOWN_CREDITWORTHINESS) * shown["creditworthiness"] + hidden_creditworthiness,
        np.sqrt(SHOWN_STRAIN) * shown["strain"] + hidden_strain,
        hidden_creditworthiness,
        hidden_strain,
        shown["income"],
        application,
    )


def _candidates(is_test: NDArray[np.bool_], oddities: NDArray[np.object_], rng: np.random.Generator) -> Columns:
    return make_application(draw_columns(is_test, rng), is_test, oddities, profile()["building"], rng)


def _chosen(candidates: Columns, n: int, rng: np.random.Generator) -> NDArray[np.int_]:
    """The row of one of the `CANDIDATES` of each of n applicants; those of applicant i are i, i + n, i + 2 n..."""
    scale = profile()["traits"]["risk"]
    risk = (application_risk(candidates, profile()["risk"]) - scale["mean"]) / scale["spread"]
    weights = np.exp(FAVOUR * np.clip(risk, -FARTHEST_RISK, FARTHEST_RISK) ** 2 / 2).reshape(CANDIDATES, n)
    shares = np.cumsum(weights / weights.sum(axis=0), axis=0)
    return (rng.random(n) > shares[:-1]).sum(axis=0) * n + np.arange(n)


def draw_columns(is_test: NDArray[np.bool_], rng: np.random.Generator) -> Columns:
    """Draws the columns of `columns.DRAWN`; train and test applicants have separate trees."""
    parts: dict[str, Columns] = {"train": {}, "test": {}}
    for part, rows in (("train", int((~is_test).sum())), ("test", int(is_test.sum()))):
        for drawn in DRAWN:
            parts[part][drawn.name] = draw_column(profile()[part][drawn.name], parts[part], rows, rng)
            if drawn.name in COMPUTED:
                name, formula = COMPUTED[drawn.name]
                parts[part][name] = formula(parts[part][drawn.name])
    table: Columns = {}
    for name, values in parts["train"].items():
        table[name] = np.empty(len(is_test), dtype=values.dtype)
        table[name][~is_test] = values
        table[name][is_test] = parts["test"][name]
    return table


def shown_traits(application: Columns, statistics: Mapping[str, Any]) -> dict[str, NDArray[np.float64]]:
    """What the application shows of creditworthiness, strain and income, with mean 0 and variance 1 on real rows.

    Each trait is the sum of the points that its fields add to the risk of default, signed.
    """
    points = risk_by_field(application, statistics["risk"])
    raw = trait_points(points) | {"income": np.log(application["AMT_INCOME_TOTAL"])}
    scale = statistics["traits"]
    scores = {name: (values - scale[name]["mean"]) / scale[name]["spread"] for name, values in raw.items()}
    return {name: np.clip(score, -FARTHEST_TRAIT, FARTHEST_TRAIT) for name, score in scores.items()}


def trait_points(points: Mapping[str, NDArray[np.float64]]) -> dict[str, NDArray[np.float64]]:
    """Creditworthiness and strain from each field's points, before standardisation."""
    return {
        "creditworthiness": -np.sum([points[name] for name in CREDITWORTHINESS], axis=0),
        "strain": np.sum([points[name] for name in STRAIN], axis=0),
    }
