"""Loading from the hub: a model's artifact, and the file of applicants.

The listing of a commit is checked before anything is downloaded, the manifest before the files that it lists, and every
hash before anything is parsed. With the artifact comes its validation pack, where it was published with one; the model
card beside them is never downloaded.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

from huggingface_hub import HfApi

from scoring.artifact.load import Artifact, load_artifact
from scoring.artifact.manifest import FILES, MANIFEST, check_name, check_size, read_manifest
from scoring.errors import ApplicantsFileError, ArtifactError, ArtifactExtraFileError, ArtifactMissingError
from scoring.serving.hub import Listed, cached_files, fetch, listed_files, remembered
from scoring.serving.settings import HubPlace
from scoring.validation import PACK

# Ten times the size of a pack with all tables.
LARGEST_PACK = 10 * 1024**2
# Files allowed beside an artifact in its repo: the card with its pictures, and the hub's own.
CARD_NAMES = (".gitattributes", "LICENSE")
CARD_SUFFIXES = (".md", ".png", ".json")
APPLICANTS = ("applicants.arrow", "applicants.parquet")
# Ten times the size of a million applicants.
LARGEST_APPLICANTS = 32 * 1024**3


def model_files(api: HfApi, place: HubPlace, commit: str) -> dict[str, Path]:
    """The cached files of a published artifact and of its validation pack, if any, verified against its commit.

    Raises:
        ArtifactError: the repo does not hold an artifact that may be served; the subclass says why.
        HubError: the hub cannot be reached, or refuses.
        OutputError: the cache cannot be written to.
    """
    return _remembered_files(place, commit) or _checked_files(api, place, commit)


def applicants_file(api: HfApi, place: HubPlace, commit: str) -> dict[str, Path]:
    """The cached file of published applicants, Arrow or Parquet by its name.

    Raises:
        ApplicantsFileError: the repo does not hold one.
        ArtifactTamperedError: the hub serves a file that differs from its commit.
        HubError: the hub cannot be reached, or refuses.
        OutputError: the cache cannot be written to.
    """
    if paths := _remembered_files(place, commit):
        return paths
    listed = listed_files(api, place, commit)
    found = [listed[name] for name in APPLICANTS if name in listed]
    if len(found) != 1 or found[0].size > LARGEST_APPLICANTS:
        raise ApplicantsFileError(
            f"{place}: the dataset repo must hold one of {' and '.join(APPLICANTS)}, of at most {LARGEST_APPLICANTS:,} "
            f"bytes. Make it with: python -m training applicants --data DIR --out {APPLICANTS[0]}"
        )
    return fetch(api, place, commit, found)


def _remembered_files(place: HubPlace, commit: str) -> dict[str, Path] | None:
    verified = remembered(place)
    return cached_files(place, verified) if verified and verified.commit == commit else None


def _checked_files(api: HfApi, place: HubPlace, commit: str) -> dict[str, Path]:
    source = f"{place.repo}@{commit}"
    listed = listed_files(api, place, commit)
    for name in listed:
        check_name(source, name)
    _check_there(source, listed, (MANIFEST,))
    paths = fetch(api, place, commit, [listed[MANIFEST]])
    files = FILES[read_manifest(paths[MANIFEST].parent)["format"]]
    extra = [name for name in listed if name not in (*files, MANIFEST) and not of_card(name)]
    if extra:
        raise ArtifactExtraFileError(
            f"{source}: the repo holds files that have no place beside a model: {extra}. Find out who put them there, "
            "and publish a version without them."
        )
    _check_there(source, listed, files)
    beside = [PACK] if PACK in listed and listed[PACK].size <= LARGEST_PACK else []
    return paths | fetch(api, place, commit, [listed[name] for name in [*files, *beside]])


def of_card(name: str) -> bool:
    """Whether a file is allowed beside an artifact in its repo."""
    return name in CARD_NAMES or PurePosixPath(name).suffix in CARD_SUFFIXES


def _check_there(source: str, listed: Mapping[str, Listed], names: tuple[str, ...]) -> None:
    missing = [name for name in names if name not in listed]
    if missing:
        raise ArtifactMissingError(
            f"{source}: the repo lacks {', '.join(missing)}. Publish a model there with: python -m training publish"
        )
    for name in names:
        check_size(f"{source}: {name}", listed[name].size)


def load_published(place: HubPlace, commit: str, paths: Mapping[str, Path]) -> Artifact:
    """Reads a published artifact from its cached files; answers name its commit as the model's revision.

    They are copied first: the cache consists of links, and another process may repair it meanwhile.

    Raises:
        ArtifactError: it cannot be served; the subclass says why.
    """
    with TemporaryDirectory() as scratch:
        for name, path in paths.items():
            if name != PACK:
                shutil.copyfile(path, Path(scratch) / name)
        try:
            artifact = load_artifact(Path(scratch), str(place))
        except ArtifactError as error:
            raise type(error)(str(error).replace(scratch, f"{place.repo}@{commit}")) from error
    return replace(artifact, identity=replace(artifact.identity, revision=commit))
