"""The manifest of an artifact: its files with sizes and hashes, so that changes are detected."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from scoring.artifact.content import Manifest
from scoring.errors import ArtifactFormatError, ArtifactMissingError, ArtifactPathError, ArtifactTooLargeError
from scoring.strict import MalformedError, parse, parse_object, short
from scoring.words.language import LANGUAGES

FORMAT = 4
MANIFEST = "manifest.json"


_FILES_1 = (
    "model.txt",
    "calibration.json",
    "features.json",
    "decision.json",
    "metrics.json",
    "explanation.json",
    "reference.parquet",
)


_FILES_2 = (*_FILES_1, "importance.json", *(f"beeswarm-{language}.png" for language in LANGUAGES))


_FILES_3 = (*_FILES_2, "groups.json", "quality.json", "curves.json")


FILES: dict[int, tuple[str, ...]] = {
    1: _FILES_1,
    2: _FILES_2,
    3: _FILES_3,
    4: (*_FILES_3, "recourse.json"),
}
"""The files of each format that this code reads, without the manifest."""


LARGEST = 256 * 1024 * 1024
"""Upper limit in bytes for a file: a portfolio of a million has a reference population of 50 MB."""


def sha256_of(path: Path) -> str:
    """SHA-256 of a file, read in chunks."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_json(path: Path, content: Any) -> None:
    """Writes JSON that is readable and diffable; NaN is an error."""
    path.write_text(json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False) + "\n", encoding="utf-8")


def write_manifest(folder: Path, provenance: Mapping[str, Any]) -> None:
    """Seals a folder of artifact files: the manifest with the size and SHA-256 of each."""
    files = {
        name: {"sha256": sha256_of(folder / name), "size": (folder / name).stat().st_size} for name in FILES[FORMAT]
    }
    write_json(folder / MANIFEST, {"format": FORMAT, **provenance, "files": files})


def read_manifest(folder: Path) -> dict[str, Any]:
    """The manifest of an artifact in a supported format, not yet verified.

    Raises:
        ArtifactFormatError: the file is not a manifest, or has an unsupported format.
        ArtifactMissingError: there is no manifest.
        ArtifactTooLargeError: the file is larger than any manifest.
    """
    path = folder / MANIFEST
    if not path.is_file():
        raise ArtifactMissingError(
            f"{folder}: no artifact there ({MANIFEST} is missing). Train one with: python -m training train --data DIR "
            f"--out {folder}"
        )
    check_size(path, path.stat().st_size)
    try:
        content = parse_object(path.read_bytes())
        found = content.get("format")
        if type(found) is not int or found not in FILES:
            raise ArtifactFormatError(
                f"{path}: format {short(found)}, while this code reads {', '.join(map(str, FILES))}. Update the code, "
                "or load a version of the model that was made for it."
            )
        listed = parse(Manifest, json.dumps(content)).files
    except MalformedError as error:
        raise ArtifactFormatError(f"{path}: not a manifest: {error}. Restore the artifact from its source.") from error
    for name in listed:
        check_name(folder, name)
    if sorted(listed) != sorted(FILES[found]):
        raise ArtifactFormatError(
            f"{path}: lists {sorted(listed)}, while format {found} has {sorted(FILES[found])}. Train again."
        )
    return content


def check_name(location: object, name: str) -> None:
    """Refuses a file name that leads out of the folder.

    Raises:
        ArtifactPathError: it does.
    """
    if ".." in PurePosixPath(name).parts or name.startswith("/") or "\\" in name:
        raise ArtifactPathError(
            f"{location}: the file name {name!r} leads out of the artifact. Use another version, and find out who made "
            "this one."
        )


def check_size(location: object, size: int) -> None:
    """Refuses a file above the size limit.

    Raises:
        ArtifactTooLargeError: it is.
    """
    if size > LARGEST:
        raise ArtifactTooLargeError(
            f"{location}: {size:,} bytes, while no file of an artifact has more than {LARGEST:,}. Restore the artifact "
            "from its source."
        )
