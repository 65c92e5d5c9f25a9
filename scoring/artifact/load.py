"""Loading of a versioned artifact, which is a folder of data and never of code:

    manifest.json        format, version, provenance, and SHA-256 and size of every other file
    model.txt            the LightGBM model as text
    calibration.json     slope and intercept of the calibrated log-odds
    features.json        the model's features in order, with their words, levels and the range seen in training
    decision.json        both cost functions with their out-of-fold cost curves, threshold and referral band
    metrics.json         out-of-fold and held-out figures
    explanation.json     the just accepted applicants' mean contributions
    reference.parquet    held-out applicants with their outcome and an out-of-sample probability of default
    importance.json      mean absolute contributions by feature and theme          (since format 2)
    beeswarm-*.png       the strongest features, drawn in each language            (since format 2)
    groups.json          how groups of held-out applicants are treated             (since format 3)
    quality.json         how far explanations can be relied on                     (since format 3)
    curves.json          ROC and precision-recall curves, held out                 (since format 3)
    recourse.json        whom recourse reaches                                     (since format 4)

Loading checks the format, every size and every hash before anything is parsed, then each file strictly against the
dataclass that it is (`scoring.strict`), and that the features are among those which this code computes, in the same
order. Nothing in an artifact is executed. Formats 1 to 3 are still read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

import lightgbm as lgb
import numpy as np
import pyarrow as pa

from scoring.answers.applicant import ModelIdentity
from scoring.arrays import Floats
from scoring.artifact.content import (
    ExplanationAsWritten,
    check_explanation,
    check_features,
    check_importance,
    check_metrics,
    check_population,
    read_reference,
)
from scoring.artifact.importance import Importance
from scoring.artifact.manifest import FILES, MANIFEST, check_size, read_manifest, sha256_of
from scoring.artifact.metrics import Metrics
from scoring.artifact.model import Calibration, Model, feature_names
from scoring.artifact.model_text import model_text
from scoring.artifact.population import Population
from scoring.artifact.proximity import ReferenceLeaves, reference_leaves
from scoring.artifact.reads import columns_read
from scoring.artifact.recourse_audit import RecourseAudit
from scoring.artifact.review import AccuracyCurves, ExplanationQuality, Groups
from scoring.decision.bands import ScoreBands, bands_from_json, usual_bands
from scoring.decision.cost_curve import CostCurves, curves_from_json
from scoring.decision.points import PointsScale
from scoring.decision.rule import DecisionRule
from scoring.errors import (
    ArtifactExtraFileError,
    ArtifactFormatError,
    ArtifactMissingError,
    ArtifactPathError,
    ArtifactTamperedError,
    FeatureOrderError,
    InvalidInputError,
    ModelTextError,
)
from scoring.schema.features import ModelFeature, application_features, history_inputs
from scoring.strict import MalformedError, parse

LATER_PARTS: dict[str, tuple[str, type]] = {
    "importance.json": ("importance", Importance),
    "groups.json": ("groups", Groups),
    "quality.json": ("quality", ExplanationQuality),
    "curves.json": ("accuracy_curves", AccuracyCurves),
    "recourse.json": ("recourse", RecourseAudit),
}
"""Files that format 1 lacks -> attribute of `Artifact` and type."""
T = TypeVar("T")
REVISION_LENGTH = 12


@dataclass(frozen=True)
class Artifact:
    """A verified artifact, ready to decide.

    `base` is the mean log-odds of the just accepted applicants and `mean_contributions` (features,) each feature's
    part of it; `curves` holds the out-of-fold costs behind the threshold; `importance` is taken over the reference
    population (None in format 1); `manifest` is the provenance. The review figures were computed with the decision rule
    of the training: `groups`, `quality` of explanations and `accuracy_curves` (None in formats 1 and 2), and `recourse`
    (None up to format 3).
    `metrics` is a `scoring.artifact.metrics.Metrics`, whose figures are looked up by name.
    """

    identity: ModelIdentity
    model: Model
    rule: DecisionRule
    population: Population
    base: float
    mean_contributions: Floats
    curves: CostCurves
    metrics: dict[str, Any]
    importance: Importance | None
    groups: Groups | None
    quality: ExplanationQuality | None
    accuracy_curves: AccuracyCurves | None
    recourse: RecourseAudit | None
    manifest: dict[str, Any]

    @property
    def synthetic(self) -> bool:
        """Whether the model was trained on made-up data."""
        return bool(self.manifest["synthetic"])

    @property
    def profile(self) -> str:
        """Identifies the reference population: the start of its file's SHA-256."""
        return str(self.manifest["files"]["reference.parquet"]["sha256"])[:REVISION_LENGTH]

    @property
    def points(self) -> PointsScale:
        """The scale of points: its own, or the usual one for an artifact that was made before there were any."""
        written = self.manifest.get("points")
        return PointsScale(written["base"], written["odds"], written["double"]) if written else PointsScale()

    @cached_property
    def bands(self) -> ScoreBands:
        """The lender's bands of points, or the usual ones where it named none."""
        written = self.manifest.get("bands")
        return bands_from_json(written) if written else usual_bands(self.points)

    @cached_property
    def history_names(self) -> tuple[str, ...]:
        """The history columns from which the model's features are computed."""
        return history_inputs(self.model.features)

    @cached_property
    def leaves(self) -> ReferenceLeaves:
        """The leaves of the reference applicants in the model's trees."""
        return reference_leaves(self.model, self.population.matrix)

    @cached_property
    def weights(self) -> Floats:
        """The features' mean absolute contributions (in format 1: their gains) as shares of all, shape (features,)."""
        if self.importance:
            weights = np.array([self.importance.features[name] for name in feature_names(self.model.features)])
        else:
            weights = np.asarray(self.model.booster.feature_importance("gain"), dtype=np.float64)
        return weights / weights.sum()

    @cached_property
    def reads(self) -> dict[str, float]:
        """Each column that the model reads -> the weight of the features that read it, by descending weight."""
        return columns_read(self.model.features, self.weights)

    @cached_property
    def categorical(self) -> list[int]:
        """Indices of the categorical features."""
        return [index for index, item in enumerate(self.model.features) if item.feature.kind == "categorical"]

    @cached_property
    def training_range(self) -> tuple[Floats, Floats]:
        """Lowest and highest value of each feature in training, each of shape (features,); NaN if it has none."""
        lowest = [np.nan if item.lowest is None else item.lowest for item in self.model.features]
        highest = [np.nan if item.highest is None else item.highest for item in self.model.features]
        return np.array(lowest), np.array(highest)


def feature_to_json(item: ModelFeature) -> dict[str, Any]:
    """A model feature as in `features.json`."""
    return asdict(item)


def _verify(folder: Path, manifest: Mapping[str, Any]) -> None:
    listed, files = manifest["files"], FILES[manifest["format"]]
    extra = sorted(path.name for path in folder.iterdir() if path.name not in (*files, MANIFEST))
    if extra:
        raise ArtifactExtraFileError(f"{folder}: holds files that the manifest does not list: {extra}. Remove them.")
    for name in files:
        path = folder / name
        if path.is_symlink():
            raise ArtifactPathError(f"{path}: a link, not a plain file. Restore the artifact from its source.")
        if not path.is_file():
            raise ArtifactMissingError(f"{path}: missing, or not a plain file. Restore the artifact from its source.")
        check_size(path, path.stat().st_size)
        if path.stat().st_size != listed[name]["size"] or sha256_of(path) != listed[name]["sha256"]:
            raise ArtifactTamperedError(
                f"{path}: its size or SHA-256 is not the one in {MANIFEST}: it was changed or truncated after "
                "training. Restore the artifact from its source."
            )


def _parsed(folder: Path, name: str, shape: type[T]) -> T:
    return parse(shape, (folder / name).read_bytes())


def _read_booster(path: Path) -> lgb.Booster:
    """Checks that a model text is complete before it is read: LightGBM crashes the process on a truncated one."""
    text = path.read_bytes()
    try:
        model_text(text)
    except ValueError as error:
        raise ModelTextError(f"{path}: no complete LightGBM model. Restore the artifact from its source.") from error
    try:
        return lgb.Booster(model_str=text.decode("utf-8"))
    except (UnicodeDecodeError, lgb.basic.LightGBMError) as error:
        raise ModelTextError(f"{path}: LightGBM cannot read it. Restore the artifact from its source.") from error


def _read_model(folder: Path) -> Model:
    with _naming(folder / "features.json"):
        features = tuple(_parsed(folder, "features.json", list[ModelFeature]))
        check_features(features)
    booster = _read_booster(folder / "model.txt")
    # A model may use a subset of the features that this code computes.
    indices = {feature.name: index for index, feature in enumerate(application_features())}
    found = [len(indices) if item.history else indices.get(item.feature.name, -1) for item in features]
    if -1 in found or found != sorted(found):
        raise FeatureOrderError(
            f"{folder / 'features.json'}: its application features are not those that this code computes, in the same "
            "order. Serve it with the code that trained it, or train again."
        )
    if booster.feature_name() != feature_names(features):
        raise FeatureOrderError(f"{folder}: model.txt and features.json name different features. Train again.")
    with _naming(folder / "calibration.json"):
        return Model(booster, _parsed(folder, "calibration.json", Calibration), features)


@contextmanager
def _naming(path: Path) -> Iterator[None]:
    """Names the file in errors on its content: the hash is right, so it was sealed with the wrong content."""
    try:
        yield
    except (MalformedError, InvalidInputError) as error:
        raise ArtifactFormatError(f"{path}: {str(error).removesuffix('.')}. Train again.") from error
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        raise ArtifactFormatError(f"{path}: no Parquet file that can be read. Train again.") from error


def load_artifact(folder: Path, source: str) -> Artifact:
    """Loads an artifact from a folder.

    Args:
        folder: the artifact's files.
        source: the artifact's origin, as answers name it.

    Raises:
        ArtifactError: it is missing, altered, of an unsupported format, or made for other features; see the subclass.
    """
    manifest = read_manifest(folder)
    _verify(folder, manifest)
    model = _read_model(folder)
    names = feature_names(model.features)
    with _naming(folder / "decision.json"):
        curves = curves_from_json((folder / "decision.json").read_bytes())
    rule = curves.rule(curves.chosen(None, None))
    with _naming(folder / "reference.parquet"):
        population = Population(read_reference(folder / "reference.parquet", model.features), model.features, rule)
        check_population(population)
    with _naming(folder / "explanation.json"):
        explanation = _parsed(folder, "explanation.json", ExplanationAsWritten)
        check_explanation(explanation, names)
    with _naming(folder / "metrics.json"):
        metrics = _parsed(folder, "metrics.json", Metrics)
        check_metrics(metrics, curves, manifest["format"])
    parts: dict[str, Any] = {}
    for name, (attribute, shape) in LATER_PARTS.items():
        with _naming(folder / name):
            parts[attribute] = _parsed(folder, name, shape) if name in manifest["files"] else None
    if parts["importance"]:
        with _naming(folder / "importance.json"):
            check_importance(parts["importance"], model.features)
    return Artifact(
        identity=ModelIdentity(manifest["version"], source, sha256_of(folder / MANIFEST)[:REVISION_LENGTH]),
        model=model,
        rule=rule,
        population=population,
        base=explanation.base,
        mean_contributions=np.array([explanation.mean_contributions[name] for name in names]),
        curves=curves,
        metrics=dict(metrics),
        manifest=manifest,
        **parts,
    )
