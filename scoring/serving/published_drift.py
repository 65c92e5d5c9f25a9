"""The drift report beside a model on the hub, on a branch of its own, so that it changes no version."""

from __future__ import annotations

import logging

from huggingface_hub import HfApi

from scoring.artifact.manifest import check_size
from scoring.drift.report import REPORT, DriftReport, read_drift_report
from scoring.errors import DriftReportError, HubRevisionNotFoundError, ScoringError
from scoring.serving.hub import fetch, listed_files, newest_commit
from scoring.serving.settings import HubPlace

log = logging.getLogger(__name__)

BRANCH = "drift"


def drift_place(model: HubPlace) -> HubPlace:
    """The location of the report of a model's repo."""
    return HubPlace(model.repo, BRANCH, "model")


def published_drift(api: HfApi, model: HubPlace, known: DriftReport | None) -> DriftReport | None:
    """The newest report beside a model; None if there is none.

    If the report cannot be loaded, that is logged and the known one stays: it affects no decision and must not keep a
    model from being served. Its HTML page stays on the hub: the app never shows markup from there.
    """
    location = drift_place(model)
    try:
        commit = newest_commit(api, location)
        listed = listed_files(api, location, commit).get(REPORT)
        if listed is None:
            raise DriftReportError(
                f"{location}: holds no {REPORT}. Make one with: python -m training drift --repo REPO"
            )
        check_size(f"{location}: {REPORT}", listed.size)
        return read_drift_report(fetch(api, location, commit, [listed])[REPORT].parent)
    except HubRevisionNotFoundError:
        return None
    except ScoringError as error:
        log.warning("The newest drift report is not shown. %s", error)
        return known
