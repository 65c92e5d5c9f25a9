"""The key of a set of scores: the model, the costs of errors, the code, and the file of applicants."""

from __future__ import annotations

import hashlib

from scoring import __version__
from scoring.schema.definition import field_table_digest
from scoring.serving.service import Service
from scoring.worklist.tables import SCORES

LENGTH = 32


def scoring_key(service: Service) -> str:
    """Identifies the scores of all applicants on file as this service gives them.

    Two processes that serve the same version have the same key, and share the scores.
    """
    artifact, file = service.artifact, service.applicants
    parts = [__version__, field_table_digest(), SCORES.descr, artifact.identity.revision, artifact.rule]
    parts += [file.content, len(file), int(file.ids[0]), int(file.ids[-1])] if file else []
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:LENGTH]
