"""placeholder until the worklist's own."""

from scoring.serving.service import Service


def scoring_key(service: Service) -> str:
    return service.artifact.identity.revision
