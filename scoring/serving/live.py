"""The model being served: the newest valid version, or the last valid one while the newest cannot be used.

A version is loaded, verified and tried out before it replaces the old one in a single assignment. A request reads the
state once, so that it never mixes two models. The bundled demo is never a fallback for a configured model.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from huggingface_hub import HfApi

from scoring.applicants.file_check import check_sample, misfits
from scoring.applicants.store import ApplicantsFile, open_applicants
from scoring.artifact.load import Artifact, load_artifact
from scoring.artifact.recost import with_costs
from scoring.assessment.assessment import Assessment
from scoring.assessment.similar import similar
from scoring.drift.report import DriftReport, read_drift_report
from scoring.errors import (
    HubAccessError,
    HubRepoNotFoundError,
    HubRevisionNotFoundError,
    PackError,
    ScoringError,
    UnexpectedFaultError,
)
from scoring.serving.hub import newest_commit, remember, remembered
from scoring.serving.published import applicants_file, load_published, model_files
from scoring.serving.published_drift import published_drift
from scoring.serving.service import Service, answered, assess, explain
from scoring.serving.settings import HubPlace, Settings
from scoring.validation import PACK, ValidationPack, read_pack
from scoring.words.wording import text

log = logging.getLogger(__name__)

# Here the hub did answer: what is configured is not available. Serving an older version would hide that.
REFUSALS = (HubAccessError, HubRepoNotFoundError, HubRevisionNotFoundError)

Commits = Mapping[HubPlace, str]


@dataclass(frozen=True)
class State:
    """An immutable snapshot of what is served.

    `commits` maps each location on the hub to the commit in use; `trouble` says why it is not the newest, or why
    there is no service at all.
    """

    served: Service | None
    commits: Commits
    trouble: ScoringError | None = None

    @property
    def revision(self) -> str:
        """The revision of the model; empty if none is served."""
        return self.served.artifact.identity.revision if self.served else ""

    @property
    def service(self) -> Service:
        """The service.

        Raises:
            ScoringError: there is none; the message says why.
        """
        if self.served is None:
            assert self.trouble is not None
            raise self.trouble
        return self.served


class Serving:
    """Loads what the settings name, and looks for newer versions on request.

    Raises:
        ScoringError: local files cannot be served. Problems with the hub are not raised but reported in `state`.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._own_drift = read_drift_report(settings.drift_report) if settings.drift_report else None
        self._own_pack = read_pack(settings.validation) if settings.validation else None
        self._api = HfApi(endpoint=settings.endpoint, token=settings.token)
        self._observers: list[Callable[[State], None]] = []
        self.state = self._start() if settings.hub_places else State(self._open({}), {})

    def _start(self) -> State:
        try:
            commits = self._newest()
            return State(self._with_newest_drift(self._open(commits), None), commits)
        except Exception as error:  # noqa: BLE001 (the old version serves on)
            trouble = _logged("The newest version is not served.", error)
            return State(None, {}, trouble) if isinstance(trouble, REFUSALS) else self._last_verified(trouble)

    def _last_verified(self, trouble: ScoringError) -> State:
        try:
            records = {location: remembered(location) for location in self._settings.hub_places}
            commits = {location: record.commit for location, record in records.items() if record}
            if len(commits) == len(records):
                return State(self._open(commits), commits, trouble)
        except Exception as error:  # noqa: BLE001 (the old version serves on)
            _logged("Nor is the last verified one.", error)
        return State(None, {}, trouble)

    def refresh(self) -> None:
        """Checks once for a newer version and serves it if it is valid; otherwise the old one stays.

        Any problem with the newer version is logged and reported in `state`; nothing is raised.
        """
        state = self.state
        try:
            commits = self._newest()
            served = state.served if commits == state.commits and state.served else self._open(commits)
            served = self._with_newest_drift(served, state.served.drift if state.served else None)
        except Exception as error:  # noqa: BLE001 (the old version serves on)
            self.state = replace(state, trouble=_logged("The newest version is not served.", error))
            return
        self.state = State(served, commits)
        if commits != state.commits:
            log.info(
                "Now serving %s", ", ".join(f"{location} at commit {commit}" for location, commit in commits.items())
            )
        if served != state.served:
            for observer in self._observers:
                observer(self.state)

    def observe(self, observer: Callable[[State], None]) -> None:
        """Tells somebody what is served now, and whenever something else is."""
        self._observers.append(observer)
        observer(self.state)

    def watch(self, minutes: float) -> None:
        """Refreshes every so many minutes from now on, in a background thread."""

        def look() -> None:
            while True:
                time.sleep(60 * minutes)
                self.refresh()

        threading.Thread(target=look, name="newer versions", daemon=True).start()

    def _newest(self) -> Commits:
        return {location: newest_commit(self._api, location) for location in self._settings.hub_places}

    def _open(self, commits: Commits) -> Service:
        """The service of these commits, recorded as verified once it has answered for its examples."""
        found = {location: self._files(location, commit) for location, commit in commits.items()}
        trained = self._artifact(commits, found)
        artifact = with_costs(trained, trained.curves.chosen(self._settings.cost_function, self._settings.cost_ratio))
        pack = self._own_pack or _published_pack(artifact, found)
        applicants = self._applicants(artifact, found)
        service = Service(artifact, applicants, self._own_drift, pack, self._settings.recourse_rates)
        for applicant_id in service.examples.values():
            _answer_all(service, assess(service, applicant_id, {}, "en"))
        for location, commit in commits.items():
            remember(location, commit, found[location])
        return service

    def _with_newest_drift(self, served: Service, known: DriftReport | None) -> Service:
        """The service with the drift report that is beside its model on the hub, unless the settings name one.

        `known` is the report to keep while the hub cannot be reached.
        """
        model = self._settings.artifact
        if self._own_drift or not isinstance(model, HubPlace):
            return served
        drift = published_drift(self._api, model, known)
        return served if drift == served.drift else replace(served, drift=drift)

    def _files(self, location: HubPlace, commit: str) -> dict[str, Path]:
        return (model_files if location.kind == "model" else applicants_file)(self._api, location, commit)

    def _artifact(self, commits: Commits, found: Mapping[HubPlace, Mapping[str, Path]]) -> Artifact:
        location = self._settings.artifact
        if isinstance(location, HubPlace):
            return load_published(location, commits[location], found[location])
        return load_artifact(location, self._settings.source)

    def _applicants(self, artifact: Artifact, found: Mapping[HubPlace, Mapping[str, Path]]) -> ApplicantsFile | None:
        location = self._settings.applicants
        path = next(iter(found[location].values())) if isinstance(location, HubPlace) else location
        if path is None:
            return None
        file = open_applicants(path, artifact.history_names)
        check_sample(file, artifact)
        for misfit in misfits(file, artifact):
            log.warning("%s: %s", path, text(f"warning.{misfit}", "en"))
        return file


def _published_pack(artifact: Artifact, found: Mapping[HubPlace, Mapping[str, Path]]) -> ValidationPack | None:
    """The pack that was published with the artifact, whose revision was another before it had a commit.

    One that cannot be read is logged and not shown: it affects no decision.
    """
    path = next((files[PACK] for place, files in found.items() if place.kind == "model" and PACK in files), None)
    try:
        return replace(read_pack(path.parent), model=artifact.identity) if path else None
    except PackError as error:
        log.warning("The validation pack is not shown. %s", error)
        return None


def _logged(consequence: str, error: Exception) -> ScoringError:
    """Logs an error, with its traceback if it is unexpected, and returns it in words."""
    if isinstance(error, ScoringError):
        log.error("%s %s", consequence, error)
        return error
    log.error("%s An unexpected fault.", consequence, exc_info=error)
    return UnexpectedFaultError(
        "The newest version could not be tried because of an unexpected fault. It is tried again at the next look; if "
        "that does not help, go back to an earlier version, and report the traceback that is in the log."
    )


def _answer_all(service: Service, assessment: Assessment) -> None:
    """Computes every answer of the page and the endpoints on an applicant (recourse is part of the comment)."""
    answered(service, assessment)
    explain(service, assessment)
    similar(service.artifact, assessment)
