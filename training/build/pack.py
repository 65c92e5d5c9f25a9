"""Writes the results of training as an artifact folder, which appears only once it is complete."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from scoring.answers.applicant import ModelIdentity
from scoring.arrays import Floats
from scoring.artifact.importance import global_importance, importance_to_json
from scoring.artifact.load import Artifact, feature_to_json
from scoring.artifact.manifest import MANIFEST, write_json, write_manifest
from scoring.artifact.model import Model, feature_names, probability_of
from scoring.artifact.population import PROBABILITY, Population, reference_level
from scoring.artifact.review import Groups, LeftOut
from scoring.charts import beeswarm, to_png
from scoring.decision.cost_curve import CostCurves, curves_to_json
from scoring.decision.costs import cost_columns
from scoring.decision.rule import OUTCOMES, DecisionRule
from scoring.errors import TrainingError
from scoring.files import writable
from scoring.lender.roles import APPLICANT_ID, TARGET
from scoring.schema.features import frame_matrix, history_inputs, to_columns
from scoring.schema.fields import fields
from scoring.words.language import LANGUAGES
from training.audit.age import age_check
from training.audit.groups import Decisions, group_rates
from training.audit.quality import explanation_quality
from training.audit.recourse_audit import MOST_SEARCHED, recourse_audit
from training.dataset.applicants import some_applicants
from training.statistics.ranking import accuracy_curves
from training.tables.read import Tables

# Enough for quartiles and level rates of the just accepted, while the artifact stays small.
MOST_REFERENCE = 6_000


@dataclass(frozen=True)
class Trained:
    """A fitted model with its rule, figures, and the held-out applicants with their probabilities of default (n,).

    `without` has the effects of leaving out each proxy.
    """

    model: Model
    rule: DecisionRule
    curves: CostCurves
    metrics: dict[str, Any]
    held_out: pd.DataFrame
    probabilities: Floats
    without: list[LeftOut]


def reference_frame(trained: Trained, seed: int) -> pd.DataFrame:
    """The reference population: held-out applicants (a sample if there are many), without their ids."""
    probabilities = pd.Series(trained.probabilities, index=trained.held_out.index, name=PROBABILITY)
    read = [TARGET, *fields(), *history_inputs(trained.model.features)]
    frame = pd.concat([trained.held_out[read], probabilities], axis=1)
    frame = frame.sample(MOST_REFERENCE, random_state=seed) if len(frame) > MOST_REFERENCE else frame
    return frame.sort_values(PROBABILITY, kind="stable", ignore_index=True)


def _explanation(trained: Trained, reference: pd.DataFrame) -> dict[str, Any]:
    population = Population(reference, trained.model.features, trained.rule)
    base, mean = reference_level(trained.model, population)
    names = feature_names(trained.model.features)
    return {
        "base": base,
        "just_accepted": int(population.masks["just_accepted"].sum()),
        "mean_contributions": dict(zip(names, mean.tolist(), strict=True)),
    }


def _artifact(
    trained: Trained, manifest: Mapping[str, Any], reference: pd.DataFrame, explanation: Mapping[str, Any]
) -> Artifact:
    """The artifact as it will be loaded, as far as the assessment of its explanations needs it."""
    return Artifact(
        identity=ModelIdentity(manifest["version"], "training", ""),
        model=trained.model,
        rule=trained.rule,
        population=Population(reference, trained.model.features, trained.rule),
        base=explanation["base"],
        mean_contributions=np.array(list(explanation["mean_contributions"].values())),
        curves=trained.curves,
        metrics=trained.metrics,
        importance=None,
        groups=None,
        quality=None,
        accuracy_curves=None,
        recourse=None,
        manifest=dict(manifest),
    )


def _groups(trained: Trained, artifact: Artifact, seed: int) -> Groups:
    """Rates over all held-out applicants; the age check is the served model's, on the reference applicants."""
    held_out = trained.held_out
    approved = trained.probabilities <= trained.rule.terms(cost_columns(held_out)).threshold
    decisions = Decisions(held_out[TARGET].to_numpy(float), trained.probabilities, approved)
    return Groups(
        applicants=len(held_out),
        rates=group_rates(to_columns(held_out), decisions, seed),
        without=trained.without,
        age=age_check(artifact.model, artifact.population.columns),
    )


def _not_approved(trained: Trained, seed: int) -> list[int]:
    """Some held-out applicants whom the served model does not approve, by id, at most `MOST_SEARCHED`."""
    held_out = trained.held_out
    probabilities = probability_of(trained.model.log_odds(frame_matrix(held_out, trained.model.features), threads=0))
    decisions = trained.rule.terms(cost_columns(held_out)).decide(probabilities)
    ids = held_out[APPLICANT_ID].to_numpy()[decisions != OUTCOMES.index("approve")]
    return np.sort(np.random.default_rng(seed).permutation(ids)[:MOST_SEARCHED]).tolist()


def _write_importance(artifact: Artifact, contributions: Floats, folder: Path, seed: int) -> None:
    """Global importance over the reference population, as data and drawn in both languages."""
    features = artifact.model.features
    importance = global_importance(contributions, artifact.population.matrix, features, seed)
    write_json(folder / "importance.json", importance_to_json(importance))
    labels = {item.feature.name: item.feature.label for item in features}
    for language in LANGUAGES:
        (folder / f"beeswarm-{language}.png").write_bytes(to_png(beeswarm(importance, labels, language)))


def _write_review(
    trained: Trained, tables: Tables, artifact: Artifact, contributions: Floats, folder: Path, seed: int
) -> None:
    """The files for reviewers."""
    quality = explanation_quality(artifact, contributions - artifact.mean_contributions, seed)
    write_json(folder / "groups.json", asdict(_groups(trained, artifact, seed)))
    write_json(folder / "quality.json", asdict(quality))
    curves = accuracy_curves(trained.probabilities, trained.held_out[TARGET].to_numpy(float))
    write_json(folder / "curves.json", asdict(curves))
    ids = _not_approved(trained, seed)
    applicants = some_applicants(tables, ids, artifact.history_names) if ids else []
    write_json(folder / "recourse.json", asdict(recourse_audit(artifact, applicants, seed)))


def _write(trained: Trained, tables: Tables, manifest: Mapping[str, Any], folder: Path, seed: int) -> None:
    reference = reference_frame(trained, seed)
    reference.to_parquet(folder / "reference.parquet", compression="zstd", index=False)
    (folder / "model.txt").write_text(trained.model.booster.model_to_string(), encoding="utf-8")
    write_json(folder / "calibration.json", asdict(trained.model.calibration))
    write_json(folder / "features.json", [feature_to_json(item) for item in trained.model.features])
    write_json(folder / "decision.json", curves_to_json(trained.curves))
    write_json(folder / "metrics.json", trained.metrics)
    explanation = _explanation(trained, reference)
    write_json(folder / "explanation.json", explanation)
    artifact = _artifact(trained, manifest, reference, explanation)
    _, contributions = trained.model.contributions(artifact.population.matrix, threads=0)
    _write_importance(artifact, contributions, folder, seed)
    _write_review(trained, tables, artifact, contributions, folder, seed)
    write_manifest(folder, manifest)


def pack(trained: Trained, tables: Tables, manifest: Mapping[str, Any], out: Path, seed: int) -> None:
    """Writes an artifact folder under a temporary name, then replaces `out` with it.

    Args:
        trained: the model, and the applicants that were held out.
        tables: what it was trained on.
        manifest: where it comes from.
        out: the folder.
        seed: of samples.

    Raises:
        OutputError: the disk is full, or `out` cannot be written to.
    """
    with writable(out):
        out.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f".{out.name}.", dir=out.parent) as scratch:
            fresh = Path(scratch) / "fresh"
            fresh.mkdir()
            _write(trained, tables, manifest, fresh, seed)
            if out.exists():
                shutil.move(out, Path(scratch) / "old")
            fresh.rename(out)


def check_replaceable(out: Path) -> None:
    """Checks, before hours are spent, that only an artifact would be replaced.

    Raises:
        TrainingError: `out` exists and is not an artifact.
    """
    if out.exists() and not (out / MANIFEST).is_file():
        raise TrainingError(f"--out {out}: exists and is not an artifact. Name a new folder, or remove this one.")
