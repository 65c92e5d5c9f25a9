"""The commands of `python -m training` that talk to the hub; HF_ENDPOINT and HF_TOKEN say which one and as whom."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from training.defaults import MARGIN
from training.lender.roles import ATTRIBUTES

if TYPE_CHECKING:
    from training.publish.version import Published

Repo = Annotated[str, typer.Option(help="Model repo on the hub: ORG/NAME.")]


def publish_command(
    artifact: Annotated[Path, typer.Argument(help="Folder of the artifact.")],
    repo: Repo,
    tag: Annotated[str, typer.Option(help="Name of the version, such as v1.2.0; never moved later.")],
    create_pr: Annotated[bool, typer.Option("--create-pr", help="Propose it instead of serving it.")] = False,
    private: Annotated[bool, typer.Option("--private", help="If the repo is created: private.")] = False,
    data: Annotated[
        Path | None,
        typer.Option(help="Labelled tables that neither version has learnt from (default: those held out by both)."),
    ] = None,
    comparison: Annotated[Path | None, typer.Option(help="Folder of a comparison, for the card.")] = None,
    margin: Annotated[
        float, typer.Option(min=0, help="Share of the current version's cost by which the new one's may be higher.")
    ] = MARGIN,
    least_approval_ratio: Annotated[
        float | None,
        typer.Option(min=0, max=1, help="Of each group's approval rate to its attribute's highest, such as 0.8."),
    ] = None,
    most_calibration_gap: Annotated[
        float | None, typer.Option(min=0, max=1, help="Between a group's mean probability and default rate.")
    ] = None,
    least_recourse_ratio: Annotated[
        float | None,
        typer.Option(min=0, max=1, help="Of each group's share with a plan to approval to its attribute's highest."),
    ] = None,
    most_fixed: Annotated[
        float | None,
        typer.Option(min=0, max=1, help="Of those not approved, the share whose prediction no allowed move changes."),
    ] = None,
    bounded: Annotated[
        list[str] | None,
        typer.Option(
            help=f"Attribute whose groups these bounds are for, such as {ATTRIBUTES[0]}; repeat it (default: all)."
        ),
    ] = None,
    pack: Annotated[Path | None, typer.Option(help="Folder of its validation pack: the gate requires it.")] = None,
    force: Annotated[str | None, typer.Option(help="Publish though a check fails, for this written reason.")] = None,
) -> None:
    """Publish an artifact to the hub, behind the gate, in one commit with a tag."""
    from huggingface_hub import HfApi

    from training.gate.bounds import Bounds
    from training.publish.version import Order, publish
    from training.validation.bounds import read_bounds

    bounds = Bounds(least_approval_ratio, most_calibration_gap, least_recourse_ratio, most_fixed, tuple(bounded or ()))
    known = frozenset(read_bounds().by_name)
    order = Order(artifact, repo, tag, create_pr, private, data, comparison, margin, force, bounds, pack, known)
    _tell(publish(HfApi(), order))


def versions_command(repo: Repo) -> None:
    """List the versions of a repo with date, figures and gate; an arrow marks the served one."""
    from huggingface_hub import HfApi

    from training.publish.versions import version_table, versions

    typer.echo(version_table(versions(HfApi(), repo)))


def rollback_command(repo: Repo, to: Annotated[str, typer.Option(help="Tag of the version to serve again.")]) -> None:
    """Serve an earlier version again, in one commit."""
    from huggingface_hub import HfApi

    from training.publish.rollback import rollback

    _tell(rollback(HfApi(), repo, to))


def diff_command(
    before: Annotated[str, typer.Argument(help="Folder of an artifact, or ORG/NAME@TAG.")],
    after: Annotated[str, typer.Argument(help="The version to set beside it.")],
) -> None:
    """Show what changed: figures, thresholds, features, and decisions that flip."""
    from huggingface_hub import HfApi

    from training.publish.diff import diff, difference_lines, open_version

    found = diff(open_version(HfApi(), before), open_version(HfApi(), after))
    typer.echo("\n".join(difference_lines(found)))


def deploy_command(
    space: Annotated[str, typer.Option(help="Space on the hub: ORG/NAME; created if it is not there.")],
    variable: Annotated[
        list[str] | None, typer.Option(help="NAME=VALUE of the app's settings; give it once for each.")
    ] = None,
    private: Annotated[bool, typer.Option("--private", help="If the Space is created: private.")] = False,
) -> None:
    """Deploy the app to a Space, once it starts in a clean environment."""
    from huggingface_hub import HfApi

    from training.deploy.deploy import Deployment, deploy, variables_from

    _tell(deploy(HfApi(), Deployment(space, variables_from(variable or []), private)))


def _tell(done: Published) -> None:
    typer.echo("\n".join(done.lines))


COMMANDS: dict[str, Callable[..., None]] = {
    "publish": publish_command,
    "versions": versions_command,
    "rollback": rollback_command,
    "diff": diff_command,
    "deploy": deploy_command,
}
