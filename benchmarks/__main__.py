"""`python -m benchmarks` (or `make benchmark`): all performance figures that take no more than minutes, in one run.

`python -m benchmarks.features` measures history features at full size, `python -m benchmarks.recourse` also runs other
searches.
"""

from __future__ import annotations

import sys

from benchmarks import (
    access,
    app,
    batch,
    checks,
    contributions,
    features,
    hub,
    model_tab,
    portfolio,
    programs,
    recourse,
    screen,
    what_if,
    worklist,
)
from benchmarks.demo import demo_service


def main() -> int:
    """Prints the figures as they are measured."""
    service = demo_service()
    assert service.applicants is not None
    ids = service.applicants.ids[:20].tolist()
    for measure in (
        lambda: what_if.what_if(service),
        lambda: what_if.curves(service),
        lambda: what_if.figures(service),
        lambda: screen.refresh(service),
        lambda: screen.in_browser(ids),
        lambda: model_tab.slider(service),
        lambda: model_tab.first_draw(service),
        lambda: recourse.own_figures(service),
        lambda: contributions.contributions(service),
        batch.batch,
        lambda: portfolio.portfolio(ids),
        lambda: programs.programs(ids),
        lambda: worklist.worklist(service),
        features.speed,
        checks.made_up,
        lambda: app.app(ids),
        lambda: access.access(ids),
        hub.start_up,
        lambda: hub.lookups(hub.APPLICANTS),
    ):
        for line in measure():
            print(line, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
