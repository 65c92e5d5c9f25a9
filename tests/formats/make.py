"""Makes a tiny artifact of the current format from made-up applicants: `python -m tests.formats.make FOLDER`.

Few rows, rounds, features and thresholds, and blank pictures: an artifact that loads and decides, not one that is any
good. docs/formats.md says when to run it.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

import pandas as pd
from matplotlib.figure import Figure

from scoring.artifact import importance
from scoring.artifact.manifest import FORMAT, MANIFEST, write_manifest
from scoring.charts import to_png
from training.audit import agreement, constraint_costs, proxies, quality, yardstick
from training.build import pack, train
from training.learn import fit, select, threshold
from training.lender.synthetic.synthesize import synthesize
from training.statistics import ranking

APPLICANTS, SEED = 2_000, 5
LEAN = {"write_statistics": False, "use_dictionary": False, "store_schema": False}


def make(out: Path) -> None:
    """Trains on made-up applicants with every number of the recipe turned down."""
    fit.MOST_ROUNDS, fit.BAGS, fit.PATIENCE = 6, 1, 5
    select.ROUNDS, select.SHUFFLES, select.MOST_FEATURES = 20, 1, 20
    importance.SWARM_FEATURES, importance.SWARM_POINTS = 3, 30
    threshold.CUTS, constraint_costs.RESAMPLES, pack.MOST_REFERENCE = 41, 5, 200
    # A field of which so small a model reads something.
    proxies.PROXIES = {"EXT_SOURCE_2": ()}
    quality.EXPLAINED, agreement.MOST_SEARCHED, pack.MOST_SEARCHED, ranking.MOST_POINTS = 20, 20, 100, 20
    for module in (fit, train, constraint_costs, proxies, yardstick):
        module.FOLDS = 3
    pack.to_png = lambda figure: to_png(Figure((0.1, 0.1)))
    with tempfile.TemporaryDirectory() as tables:
        synthesize(APPLICANTS, SEED, Path(tables), progress=False)
        train.train(Path(tables), out, f"tiny-{FORMAT}")
    reference = out / "reference.parquet"
    pd.read_parquet(reference).to_parquet(reference, compression="zstd", index=False, **LEAN)
    manifest = json.loads((out / MANIFEST).read_text())
    write_manifest(out, {key: value for key, value in manifest.items() if key not in ("format", "files")})


if __name__ == "__main__":
    make(Path(sys.argv[1]))
