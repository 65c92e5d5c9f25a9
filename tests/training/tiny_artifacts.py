"""Small artifacts to publish: the committed one of the current format, and others made from it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd

from scoring.artifact.manifest import FORMAT, MANIFEST, write_json, write_manifest
from training.lender.synthetic.synthesize import synthesize

TINY = Path(__file__).parents[1] / "formats" / str(FORMAT)


def later_tables(folder: Path) -> Path:
    """Labelled applications without histories, of synthetic applicants that the tiny artifact has not seen."""
    synthesize(300, 99, folder, progress=False)
    for path in folder.glob("*.parquet"):
        if path.stem != "application_train":
            path.unlink()
    return folder


def keep(content: Any) -> Any:
    return content


def another_round(metrics: Any) -> Any:
    """Metrics of a training that took one round more."""
    return {**metrics, "rounds": [*metrics["rounds"], 1]}


def variant(
    out: Path,
    version: str,
    json_file: str = "metrics.json",
    change: Callable[[Any], Any] = keep,
    reference: Callable[[pd.DataFrame], pd.DataFrame] = keep,
    source: Path = TINY,
) -> Path:
    """The tiny artifact, or that of another folder, under another version, with a JSON file or the reference population
    changed, sealed anew.
    """
    shutil.copytree(source, out)
    write_json(out / json_file, change(json.loads((out / json_file).read_text())))
    reference(pd.read_parquet(out / "reference.parquet")).to_parquet(out / "reference.parquet", index=False)
    manifest = json.loads((out / MANIFEST).read_text())
    kept = {key: value for key, value in manifest.items() if key not in ("format", "files")}
    write_manifest(out, {**kept, "version": version})
    return out
