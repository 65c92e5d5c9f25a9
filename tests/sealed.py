"""Artifacts whose files were changed, sealed again as somebody who rebuilds one would."""

from __future__ import annotations

import json
from pathlib import Path

from scoring.artifact.manifest import MANIFEST, sha256_of, write_json


def reseal(folder: Path, **changed: object) -> None:
    """Rewrites the manifest to match the files, in the format that the artifact has."""
    manifest = json.loads((folder / MANIFEST).read_text()) | changed
    files = {
        name: {"sha256": sha256_of(folder / name), "size": (folder / name).stat().st_size} for name in manifest["files"]
    }
    write_json(folder / MANIFEST, manifest | {"files": files})
