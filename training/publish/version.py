"""An artifact -> a tagged version on the hub, behind the gate.

The order makes every interruption harmless: verify, check, write the card, and only then ONE commit on top of the one
that was compared with, then the tag. Until the commit the previous version is served; from then on the new one is,
whole and checked. A publish that ends between commit and tag is finished by the same command: it finds its model
served and adds the tag.
"""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from huggingface_hub import HfApi

from scoring.artifact.lineage import GATE, LINEAGE, Lineage
from scoring.artifact.load import Artifact, load_artifact
from scoring.artifact.manifest import FORMAT, MANIFEST, write_json
from scoring.errors import ArtifactError, GateError, HubError, PublishError
from scoring.validation import PACK
from training.defaults import MARGIN
from training.gate.bounds import Bounds, bound_checks, explanations
from training.gate.gate import Check, Gate, calibration, cost, gate_lines, own_checks, unreadable
from training.gate.held_out import HeldOut, from_references, from_tables
from training.gate.pack import validated
from training.publish.card import card
from training.publish.hub import (
    CARD,
    PICTURES,
    SERVED,
    RepoState,
    commit_exactly,
    fetch_artifact,
    fetch_json,
    files_of,
    place_of,
    state,
    writing,
)
from training.publish.lineage import changes, compared_models, past_versions
from training.publish.pictures import pictures

TAG = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
SHOWN = 12


@dataclass(frozen=True)
class Order:
    """What to publish, and where.

    Args:
        folder: the artifact.
        repo: ORG/NAME of the model repo; created if it is not there.
        tag: name of the version.
        create_pr: whether to propose the version in a pull request instead of serving it.
        private: whether a repo that is created is private.
        data: labelled tables that neither version was fitted on (default: applicants that both trainings held out).
        comparison: folder of a finished `compare` on the same tables, for card and manifest.
        margin: share of the current version's cost by which the new one's may be higher.
        reason: why to publish even if a check fails.
        bounds: on groups.
        pack: folder of its validation pack, which the gate then requires.
        findings: names of those that the pack must hold.
    """

    folder: Path
    repo: str
    tag: str
    create_pr: bool = False
    private: bool = False
    data: Path | None = None
    comparison: Path | None = None
    margin: float = MARGIN
    reason: str | None = None
    bounds: Bounds = Bounds()  # noqa: RUF009 (frozen)
    pack: Path | None = None
    findings: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Published:
    """The result: the version's commit, and what was done in words, one line each."""

    commit: str
    lines: tuple[str, ...]


def same_model(ours: Mapping[str, Any], theirs: Mapping[str, Any] | None) -> bool:
    """Whether two manifests are of one trained model, published or not."""
    added = dict.fromkeys((GATE, LINEAGE))
    return theirs is not None and {**ours, **added} == {**theirs, **added}


def publish(api: HfApi, order: Order) -> Published:
    """Verifies, checks, and uploads a version in one commit; then tags it. Doing it again changes nothing.

    Raises:
        ArtifactError: the artifact cannot be served.
        GateError: a check failed, and no reason to publish nevertheless was given.
        PackError: the validation pack is not there, or malformed, or was edited.
        PublishError: the tag is taken by another version, the artifact is a first look or of an older format, or the
            tag could not be made after the commit.
        HubError: the hub cannot be reached, or refuses; the version served before stays.
    """
    _check_words(order)
    artifact = load_artifact(order.folder, str(order.folder))
    if artifact.manifest.get("quick"):
        raise PublishError(
            f"{order.folder}: trained with --quick, which is for a first look. Train it again without --quick."
        )
    if artifact.manifest["format"] != FORMAT:
        raise PublishError(
            f"{order.folder}: of format {artifact.manifest['format']}, while new versions are of format {FORMAT}. "
            "Train it again with this code."
        )
    found = state(api, order.repo)
    served = fetch_json(api, order.repo, found.head, MANIFEST) if found.head else None
    done = _already(api, order, artifact, found, served)
    if done:
        return done
    with tempfile.TemporaryDirectory() as scratch:
        gate, current = _gate(api, order, artifact, found, served)
        if not gate.passed and not order.reason:
            refused = f"{order.folder}: not published. Train a better one, or give a written reason with --force."
            raise GateError("\n  ".join([refused, *gate_lines(gate)]))
        lineage = _lineage(api, order, artifact, found, current)
        prepared = prepare(artifact, order, gate, lineage, Path(scratch) / "version")
        return _upload(api, order, gate, found, files_of(prepared))


def _check_words(order: Order) -> None:
    if not TAG.fullmatch(order.tag):
        raise PublishError(f"--tag {order.tag!r} is not the name of a version. Give for instance v1.2.0.")
    if order.reason is not None and not order.reason.strip():
        raise PublishError("--force needs a reason in words: it is stored in the artifact and on the card.")


def _already(
    api: HfApi, order: Order, artifact: Artifact, found: RepoState, served: Mapping[str, Any] | None
) -> Published | None:
    """The remaining step if the hub has this model already; None if it has not.

    Raises:
        PublishError: the tag is taken by another version.
    """
    if order.tag in found.tags:
        commit = found.tags[order.tag]
        if not same_model(artifact.manifest, fetch_json(api, order.repo, commit, MANIFEST)):
            raise PublishError(
                f"{order.repo}: the tag {order.tag} is another version, and a tag is never moved. Give a new one."
            )
        lines = [f"{order.tag} is published already: nothing was changed", f"commit {commit}"]
        if not same_model(artifact.manifest, served):
            serve = f"python -m training rollback --repo {order.repo} --to {order.tag}"
            lines.insert(1, f"{SERVED} serves another version; to serve this one: {serve}")
        return Published(commit, tuple(lines))
    if found.head and same_model(artifact.manifest, served):
        return _tagged(api, order, found.head, ("this model is served already",))
    if order.create_pr:
        for name, commit in found.proposals.items():
            if same_model(artifact.manifest, fetch_json(api, order.repo, commit, MANIFEST)):
                return Published(commit, (f"proposed already as {name}: nothing was changed", f"commit {commit}"))
    return None


def _gate(
    api: HfApi, order: Order, artifact: Artifact, found: RepoState, served: Mapping[str, Any] | None
) -> tuple[Gate, Artifact | None]:
    """All checks, including the comparison with the served version, and that version if it can be read."""
    against: str | None = None
    current: Artifact | None = None
    compared: tuple[Check, ...] = ()
    if found.head and served:
        tags = [tag for tag, commit in found.tags.items() if commit == found.head]
        against = f"{' '.join(tags) or served['version']} (commit {found.head[:SHOWN]})"
        current, compared = _compared(api, order, artifact, found.head)
    checks = (
        *compared,
        *own_checks(artifact),
        explanations(artifact, current),
        *bound_checks(artifact, order.bounds),
        *([validated(artifact, order.pack, order.findings, order.data)] if order.pack else []),
    )
    gate = Gate(against, checks)
    return gate if gate.passed else replace(gate, reason=order.reason), current


def _lineage(api: HfApi, order: Order, artifact: Artifact, found: RepoState, current: Artifact | None) -> Lineage:
    """The manifest's lineage: earlier versions and other models."""
    fingerprint = artifact.manifest["data_fingerprint"]
    return Lineage(
        order.tag,
        past_versions(api, order.repo, found.tags),
        changes(current, artifact) if current else None,
        compared_models(order.comparison, fingerprint) if order.comparison else [],
    )


def _compared(api: HfApi, order: Order, artifact: Artifact, head: str) -> tuple[Artifact | None, tuple[Check, ...]]:
    """The version compared with, None if it cannot be read, and the checks that compare."""
    try:
        current, _ = fetch_artifact(api, order.repo, head)
    except ArtifactError as error:
        # A broken version must not block the one that fixes it; publishing over it still needs a reason.
        return None, (unreadable(str(error)),)
    rows = _rows(order, artifact, current)
    compared = cost(rows, artifact.rule, current.rule, order.margin)
    if order.data is None:
        return current, (compared,)
    return current, (compared, calibration("calibration on --data", rows.challenger, rows.outcomes))


def _rows(order: Order, artifact: Artifact, current: Artifact) -> HeldOut:
    return from_tables(order.data, artifact, current) if order.data else from_references(artifact, current)


def prepare(artifact: Artifact, order: Order, gate: Gate, lineage: Lineage, out: Path) -> Path:
    """All files of the commit: the artifact, with gate and lineage in its manifest, its pack, card and pictures."""
    shutil.copytree(order.folder, out)
    write_json(out / MANIFEST, {**artifact.manifest, GATE: asdict(gate), LINEAGE: asdict(lineage)})
    load_artifact(out, str(out))
    (out / PICTURES).mkdir()
    for name, content in pictures(artifact).items():
        (out / PICTURES / name).write_bytes(content)
    if order.pack:
        shutil.copyfile(order.pack / PACK, out / PACK)
    card(artifact, gate, order.repo, order.tag, order.comparison).save(out / CARD)
    return out


def _upload(api: HfApi, order: Order, gate: Gate, found: RepoState, files: Mapping[str, Path]) -> Published:
    parent = found.head or _created(api, order)
    title = f"Publish {order.tag}" + ("" if gate.passed else " although a check failed")
    done = commit_exactly(api, place_of(order.repo), files, parent, title, order.create_pr)
    if order.create_pr:
        return Published(
            done.oid,
            (
                *gate_lines(gate),
                f"proposed at {done.pr_url}; once it is merged, the same command without --create-pr adds the tag",
                f"commit {done.oid}",
            ),
        )
    return _tagged(api, order, done.oid, tuple(gate_lines(gate)))


def _created(api: HfApi, order: Order) -> str:
    """The first commit of a new repo."""
    with writing(place_of(order.repo)):
        api.create_repo(order.repo, private=order.private)
        return str(api.repo_info(order.repo).sha)


def _tagged(api: HfApi, order: Order, commit: str, lines: tuple[str, ...]) -> Published:
    try:
        with writing(place_of(order.repo)):
            api.create_tag(order.repo, tag=order.tag, revision=commit)
    except HubError as error:
        raise PublishError(
            f"{order.repo}: commit {commit} holds the whole version and is served on {SERVED}, but the tag {order.tag} "
            f"was not made. Run the same command again: it only adds the tag. ({error})"
        ) from error
    return Published(commit, (*lines, f"published as {order.tag}", f"commit {commit}"))
