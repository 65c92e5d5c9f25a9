"""Looks into the repo to which tests publish."""

import json

from scoring.artifact.manifest import MANIFEST

NAME = "lender/credit"


def served(hub):
    """The files that the served branch holds, by name."""
    return {name: file.content for name, file in hub.repo(NAME).resolve("main").files.items()}


def version_of(hub):
    return json.loads(served(hub)[MANIFEST])["version"]


def commits(hub):
    return [commit.title for commit in hub.repo(NAME).history("main")]
