"""`python -m benchmarks` (or `make benchmark`): every performance figure that takes no more than minutes, in one run.

`python -m benchmarks.features` measures history features at full size, `python -m benchmarks.recourse` asks DiCE too.
"""

from __future__ import annotations

import sys

from benchmarks import app, batch, features, hub, recourse, what_if
from scoring.applicants_file import open_applicants
from scoring.artifact import load_artifact
from scoring.service import Service
from scoring.settings import DEMO_APPLICANTS, DEMO_ARTIFACT, DEMO_SOURCE


def main() -> int:
    """Prints the figures as they come."""
    artifact = load_artifact(DEMO_ARTIFACT, DEMO_SOURCE)
    applicants = open_applicants(DEMO_APPLICANTS, artifact.history_names)
    service = Service(artifact, applicants)
    for measure in (
        lambda: what_if.what_if(service),
        lambda: what_if.figures(service),
        lambda: recourse.own_figures(service),
        lambda: batch.speed(service),
        batch.memory,
        features.speed,
        lambda: app.app(applicants.ids[:20].tolist()),
        hub.start_up,
        lambda: hub.lookups(hub.APPLICANTS),
    ):
        for line in measure():
            print(line, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
