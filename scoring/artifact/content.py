"""Contents of artifact files that no other module's dataclass describes, and checks that involve several files.

Everything here raises `MalformedError`; `scoring.artifact.load` names the file.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Annotated, Literal

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from pydantic import Field

from scoring.artifact.importance import Importance
from scoring.artifact.lineage import GateResult, Lineage
from scoring.artifact.metrics import Metrics
from scoring.artifact.model import feature_names
from scoring.artifact.population import PROBABILITY, Population
from scoring.checks.findings import LeftOut
from scoring.decision.bands import BandAsWritten, bands_from_json
from scoring.decision.cost_curve import CostCurves
from scoring.decision.points import ScaleAsWritten
from scoring.lender.roles import TARGET
from scoring.schema.features import ModelFeature, application_features, history_inputs
from scoring.schema.fields import fields
from scoring.strict import Count, LogOdds, MalformedError, known, short, strict, wrong
from scoring.words.wording import UNITS, worded

DIRECTIONS = (-1, 0, 1)


@dataclass(frozen=True)
class FileAsListed:
    """A file's entry in the manifest."""

    sha256: str
    size: Count


@strict
@dataclass(frozen=True)
class Manifest:
    """`manifest.json`; `gate` and `lineage` are present once a version was published through the gate.

    `code_version`, `field_table` (the digest of the field definitions), `left_out` (table -> rows that were put into
    quarantine), `points`, `bands` (none: the usual ones), `kind` (None: boosters) and `quick` (a first look, never
    published) were added within format 3, so an older artifact may lack them.
    """

    format: int
    version: Annotated[str, Field(min_length=1)]
    created: str
    synthetic: bool
    data_fingerprint: str
    seed: int
    code_commit: str
    libraries: dict[str, str]
    files: dict[str, FileAsListed]
    gate: GateResult | None = None
    lineage: Lineage | None = None
    code_version: str | None = None
    field_table: str | None = None
    left_out: dict[str, LeftOut] = field(default_factory=dict)
    points: ScaleAsWritten | None = None
    bands: list[BandAsWritten] = field(default_factory=list)
    kind: Literal["scorecard"] | None = None
    quick: bool = False

    def __post_init__(self) -> None:
        if self.bands:
            bands_from_json([asdict(band) for band in self.bands])


@strict
@dataclass(frozen=True)
class ExplanationAsWritten:
    """`explanation.json`: mean log-odds, number and mean contributions of the just accepted applicants."""

    base: LogOdds
    just_accepted: Count
    mean_contributions: dict[str, LogOdds]


def check_features(features: Sequence[ModelFeature]) -> None:
    """Checks that every feature can be computed, worded and drawn."""
    computed = {feature.name: feature for feature in application_features()}
    counts, themes = Counter(item.feature.name for item in features), worded("theme.")
    for index, item in enumerate(features):
        feature, field = item.feature, f"{index}.feature"
        if counts[feature.name] > 1:
            raise wrong(f"{field}.name", feature.name, "each feature is wanted once")
        known(f"{field}.unit", [feature.unit], UNITS)
        known(f"{field}.theme", [feature.theme], themes)
        if feature.direction not in DIRECTIONS:
            raise wrong(f"{field}.direction", feature.direction, "-1, 0 or 1 is wanted")
        if feature.name in computed and feature.kind != computed[feature.name].kind:
            raise wrong(f"{field}.kind", feature.kind, f"this code computes {computed[feature.name].kind!r}")
        if item.history and feature.kind == "categorical":
            raise wrong(f"{field}.kind", feature.kind, "history holds numbers only")
        if item.history and feature.name in (computed.keys() | fields().keys()):
            raise wrong(f"{index}.history", item.history, f"{feature.name} is part of the application")
        if item.levels and feature.kind != "categorical":
            raise wrong(f"{index}.levels", list(item.levels), f"{feature.name} is not categorical")


def check_explanation(explanation: ExplanationAsWritten, names: Sequence[str]) -> None:
    """Checks that it covers exactly the model's features."""
    found = explanation.mean_contributions
    known("mean_contributions", found, names)
    lacking = [name for name in names if name not in found]
    if lacking:
        raise MalformedError(f"mean_contributions.{lacking[0]} is missing")


def check_importance(importance: Importance, features: Sequence[ModelFeature]) -> None:
    """Checks that it covers the model's features and themes."""
    known("features", importance.features, feature_names(features))
    known("themes", importance.themes, [item.feature.theme for item in features])


def check_metrics(metrics: Metrics, curves: CostCurves, found: int) -> None:
    """Checks that an artifact of format `found` has what format 2 added, if it should."""
    if found == 1:
        return
    if "prices" not in metrics:
        raise MalformedError("prices is missing")
    for part, figures in (("out_of_fold", metrics["out_of_fold"]), ("held_out", metrics["held_out"])):
        for rule in curves.rules():
            if rule.costs.name not in figures.get("costs", {}):
                raise MalformedError(f"{part}.costs.{rule.costs.name} is missing")


def read_reference(path: Path, features: Sequence[ModelFeature]) -> pd.DataFrame:
    """The reference population, each column in the type of its field.

    A field that came to the field table after the artifact was made is missing for everybody: a version can be served,
    and gone back to, across such an addition.

    Raises:
        ArrowException, OSError: it is not a Parquet file, or is damaged.
        MalformedError: a column is missing, unknown, of another type, or has values that are not allowed.
    """
    schema = pq.read_schema(path)
    counts = Counter(schema.names)
    texts = {name for name, field in fields().items() if field.type == "text"}
    wanted = [TARGET, PROBABILITY, *fields(), *history_inputs(features)]
    read = {item.feature.name for item in features}
    later = [name for name, field in fields().items() if not counts[name] and field.may_be_missing and name not in read]
    present = [name for name in wanted if name not in later]
    for name in present:
        if counts[name] != 1:
            raise MalformedError(f"column {name} is wanted once, and is there {counts[name]} times")
        _check_type(name, schema.field(name).type, name in texts)
    known("columns", schema.names, wanted)
    frame = pd.read_parquet(path)
    for name in present:
        if name not in texts:
            _check_values(name, frame[name])
    return frame.assign(**{name: pd.Series(None, frame.index, "str" if name in texts else "float64") for name in later})


def _check_type(name: str, found: pa.DataType, is_text: bool) -> None:
    if pa.types.is_null(found):
        return
    if is_text and pa.types.is_dictionary(found):
        found = found.value_type
    right = (
        pa.types.is_string(found) or pa.types.is_large_string(found)
        if is_text
        else pa.types.is_integer(found) or pa.types.is_floating(found)
    )
    if not right:
        wanted = "text is" if is_text else "numbers are"
        raise MalformedError(f"column {name} is of type {found}, while {wanted} wanted")


def _check_values(name: str, column: pd.Series) -> None:
    values = column.to_numpy(dtype=np.float64)
    if np.isinf(values).any():
        raise MalformedError(f"column {name} holds infinite values")
    if name == TARGET and not np.isin(values, (0, 1)).all():
        raise MalformedError(f"column {name} holds something other than 0 and 1")
    # The odds at a probability of 1 would be infinite.
    if name == PROBABILITY and not ((values >= 0) & (values < 1)).all():
        raise MalformedError(f"column {name} holds something other than probabilities from 0 to below 1")
    if name in fields() and fields()[name].kind == "yes_no":
        _check_flag(f"column {name}", values)


def _check_flag(column: str, values: np.ndarray) -> None:
    wrong = values[~np.isnan(values) & ~np.isin(values, (0, 1))]
    if len(wrong):
        raise MalformedError(f"{column} holds {short(float(wrong[0]))}, while 0 or 1 is wanted")


def check_population(population: Population) -> None:
    """Checks, before any request, that some applicant is accepted and that the model's flags are 0 or 1."""
    if not (population.masks["just_accepted"].any() and population.matrix.size):
        raise MalformedError("nobody is accepted")
    for index, item in enumerate(population.features):
        if item.feature.kind == "yes_no":
            _check_flag(f"feature {item.feature.name}", population.matrix[:, index])
