"""An artifact with right hashes and wrong content is refused, naming file and field, or else never causes a crash."""

from __future__ import annotations

import json
import random
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from scoring.artifact.load import load_artifact
from scoring.artifact.manifest import MANIFEST
from scoring.decision.bands import bands_to_json, usual_bands
from scoring.decision.points import PointsScale, scale_to_json
from scoring.errors import ArtifactError, ArtifactFormatError
from scoring.interface.model.threshold import HIGHEST, LOWEST, amounts_html, ratio_html
from scoring.interface.model_tab import after_threshold, before_threshold
from scoring.serving.description import describe
from scoring.serving.service import Service, assess, commented, explain
from tests.scoring.lineage_example import GATE, LINEAGE
from tests.sealed import reseal
from tests.training.tiny_artifacts import TINY

FILES = sorted(path.name for path in TINY.glob("*.json"))
NEW = {"AMT_CREDIT": 300_000, "AMT_ANNUITY": 15_000, "AMT_INCOME_TOTAL": 150_000, "DAYS_BIRTH": -12_000}
WRONG: list[Any] = ["x", "", "NaN", None, [], {}, True, float("nan"), 10**400, 10**20, 1e308, -1, -0.5, 0, 0.5, 2]
SCALE = PointsScale()
BANDS = bands_to_json(usual_bands(SCALE))
TRIED, DRAWN, SEED = 40, 1, 12
# Words of the libraries that read the files.
INNER = re.compile(r"pydantic|https?:|_type\b|type=|Input should|dataclass|dict\b|Error\(|errno|Traceback|ctx")


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    """The tiny artifact as it is once it went through the gate."""
    folder = tmp_path_factory.mktemp("sealed") / "published"
    shutil.copytree(TINY, folder)
    manifest = json.loads((folder / MANIFEST).read_text())
    (folder / MANIFEST).write_text(
        json.dumps({**manifest, "gate": GATE, "lineage": LINEAGE, "points": scale_to_json(SCALE), "bands": BANDS})
    )
    load_artifact(folder, "published")
    return folder


@pytest.fixture
def folder(published, tmp_path):
    return shutil.copytree(published, tmp_path / "artifact")


def nodes(content: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path of everything in a JSON document, itself first."""
    yield path
    items = content.items() if isinstance(content, dict) else enumerate(content) if isinstance(content, list) else ()
    for key, value in items:
        yield from nodes(value, (*path, key))


def changed(content: Any, path: tuple[Any, ...], how: str, value: Any) -> Any:
    """A copy with one thing replaced, taken away or added."""
    copy = json.loads(json.dumps(content))
    if not path:
        return value
    parent = copy
    for key in path[:-1]:
        parent = parent[key]
    if how == "replace":
        parent[path[-1]] = value
    elif how == "delete":
        del parent[path[-1]]
    elif isinstance(parent, dict):
        parent["more"] = value
    else:
        parent.append(value)
    return copy


def use(folder: Path, drawn: bool) -> None:
    """Everything that is asked of a version that loaded."""
    service = Service(load_artifact(folder, "odd"), None)
    json.dumps(describe(service).metrics, allow_nan=False)
    assessment = assess(service, None, NEW, "en")
    commented(service, assessment)
    explain(service, assessment)
    if drawn:
        draw(service)


def refusal(folder: Path, drawn: bool) -> str | None:
    """Why a version is refused; None where it is not, and all went well."""
    try:
        use(folder, drawn)
    except ArtifactError as error:
        return str(error)
    return None


def draw(service: Service) -> None:
    """The whole Model page."""
    before_threshold(service, "fr")
    after_threshold(service, "fr")
    for ratio in (LOWEST, HIGHEST):
        ratio_html(service.artifact, ratio, None, "fr")
    if service.artifact.curves.amounts:
        amounts_html(service.artifact, "fr")


def tries(name: str, content: Any, number: int, seed: int) -> Iterator[tuple[tuple[Any, ...], str, Any]]:
    """A seeded sample of what may be wrong with a file; shallow places are as likely as the many deep ones."""
    chance = random.Random(f"{name} {seed}")
    places = list(nodes(content))
    depths = sorted({len(place) for place in places})
    for _ in range(number):
        depth = chance.choice(depths)
        place = chance.choice([place for place in places if len(place) == depth])
        yield place, chance.choice(("replace", "replace", "replace", "delete", "add")), chance.choice(WRONG)


def write(folder: Path, name: str, content: Any) -> None:
    (folder / name).write_text(json.dumps(content))
    if name != MANIFEST:
        reseal(folder)


@pytest.mark.parametrize("name", FILES)
def test_whatever_is_wrong_is_refused_by_name_or_does_no_harm(folder, name):
    content = json.loads((folder / name).read_text())
    left = DRAWN
    for place, how, value in tries(name, content, TRIED, SEED):
        write(folder, name, changed(content, place, how, value))
        refused = refusal(folder, drawn=left > 0)
        if refused is None:
            left -= 1
        else:
            assert not INNER.search(refused), (place, how)
            assert len(refused) < 1_000


@pytest.mark.parametrize(
    ("name", "place", "value", "told"),
    [
        ("groups.json", ("rates", 3, "approval", "value"), "x", "rates.3.approval.value is 'x', while a number is"),
        ("groups.json", ("applicants",), "many", "applicants is 'many', while a whole number is wanted"),
        ("groups.json", ("rates", 0, "attribute"), "SHOE", "rates.0: attribute names 'SHOE', which is not known"),
        ("groups.json", ("rates", 0, "approval", "high"), 2.0, "rates.0: approval is .* shares from 0 to 1"),
        ("groups.json", ("rates", 1), "again", "rates.1 is 'again', while an object is wanted"),
        ("quality.json", ("compacity", "median"), [1], r"compacity.median is \[1\], while a number is wanted"),
        ("quality.json", ("perturbed",), 0.5, "perturbed is 0.5, while an object is wanted"),
        (
            "quality.json",
            ("perturbed", "same_reasons"),
            1.5,
            "perturbed.same_reasons is 1.5, while at most 1 is",
        ),
        ("curves.json", ("recall",), "0.5", "recall is '0.5', while a list is wanted"),
        ("curves.json", ("recall",), [0.5], "recall has 1.* entries, while as many of each are wanted"),
        ("curves.json", ("thresholds", 0), 0.0, "thresholds do not fall"),
        ("importance.json", ("features", "EXT_SOURCE_2"), True, "features.EXT_SOURCE_2 is True, while a number is"),
        ("importance.json", ("themes", "shoes"), 0.0, "themes names 'shoes', which is not known"),
        ("importance.json", ("swarms", 0, "ranks"), [], "swarms.0: contributions has 30, ranks has 0 entries"),
        ("features.json", (0, "levels"), "A", "0.levels is 'A', while a list is wanted"),
        ("features.json", (0, "feature", "kind"), "categorical", "0.feature.kind is 'categorical'"),
        ("features.json", (0, "feature", "theme"), "shoes", "0.feature.theme names 'shoes'"),
        ("features.json", (0, "lowest"), 1e9, "0: lowest is 1000000000.0, while no more than highest"),
        ("explanation.json", ("mean_contributions", "EXT_SOURCE_2"), "0.1", "mean_contributions.EXT_SOURCE_2 is '0.1'"),
        ("explanation.json", ("mean_contributions",), {}, "mean_contributions.EXT_SOURCE_2 is missing"),
        ("metrics.json", ("held_out", "auc"), "good", "held_out.auc is 'good', while a number is wanted"),
        ("metrics.json", ("held_out", "costs"), {}, "held_out.costs.ratio is missing"),
        ("metrics.json", ("note",), 1, "note is there, while nothing of that name is known"),
        ("calibration.json", ("slope",), 0, "slope is 0, while more than 0 is wanted"),
        ("decision.json", ("costs", "false_approval"), -1, "false_approval = -1.0 is not allowed"),
        ("decision.json", ("cost_curve", "thresholds", 0), 0.5, "cost_curve: thresholds do not rise"),
        ("decision.json", ("amount_curve",), None, "are wanted together, or none of them"),
        ("manifest.json", ("lineage", "changes", "figures", "auc"), [0.5], "lineage.changes.figures.auc.1 is missing"),
        ("manifest.json", ("lineage", "comparison", 0, "strategy"), "hope", "strategy names 'hope'"),
        ("manifest.json", ("gate", "checks", 0, "passed"), "yes", "gate.checks.0.passed is 'yes', while true or false"),
        ("manifest.json", ("synthetic",), 1, "synthetic is 1, while true or false is wanted"),
    ],
)
def test_the_file_and_the_field_are_named(folder, name, place, value, told):
    content = json.loads((folder / name).read_text())
    write(folder, name, changed(content, place, "replace", value))
    with pytest.raises(ArtifactFormatError, match=rf"{re.escape(name)}: .*{told}") as refused:
        load_artifact(folder, "odd")
    assert not INNER.search(str(refused.value))


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda frame: frame.drop(columns="AMT_CREDIT"), "column AMT_CREDIT is wanted once"),
        (lambda frame: frame.assign(SK_ID_CURR=1), "columns names 'SK_ID_CURR'"),
        (lambda frame: frame.assign(AMT_CREDIT="much"), "column AMT_CREDIT is of type .*, while numbers are wanted"),
        (lambda frame: frame.assign(CODE_GENDER=1), "column CODE_GENDER is of type int64, while text is wanted"),
        (lambda frame: frame.assign(AMT_CREDIT=float("inf")), "column AMT_CREDIT holds infinite values"),
        (lambda frame: frame.assign(TARGET=2), "column TARGET holds something other than 0 and 1"),
        (lambda frame: frame.assign(PROBABILITY=1.0), "column PROBABILITY holds something other than probabilities"),
        (lambda frame: frame.assign(FLAG_EMP_PHONE=7), "column FLAG_EMP_PHONE holds 7.0, while 0 or 1 is wanted"),
        (lambda frame: frame.assign(PROBABILITY=0.99), "nobody is accepted"),
    ],
)
def test_a_reference_population_of_other_columns_is_refused(folder, change, told):
    reference = folder / "reference.parquet"
    change(pd.read_parquet(reference)).to_parquet(reference, index=False)
    reseal(folder)
    with pytest.raises(ArtifactFormatError, match=rf"reference\.parquet: {told}"):
        load_artifact(folder, "odd")


def test_a_whole_number_is_a_number_too(folder):
    write(folder, "calibration.json", {"slope": 1, "intercept": 0})
    assert load_artifact(folder, "odd").model.calibration.slope == 1.0
