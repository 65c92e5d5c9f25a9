"""The model that is being served."""

from __future__ import annotations

from scoring.serving.live import Serving


def version(serving: Serving) -> str:
    return serving.state.service.artifact.identity.version


def revision(serving: Serving) -> str:
    return serving.state.service.artifact.identity.revision
