"""The app -> a Space: exactly the files that it needs, in one commit, with its variables."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from huggingface_hub import HfApi

from scoring.errors import DeployError
from scoring.serving.settings import ROOT, HubPlace
from training.build.provenance import code_commit
from training.deploy.clean_environment import check_starts, clean_environment
from training.publish.hub import SERVED, commit_exactly, writing
from training.publish.version import Published

# The files that the Space runs, and the documents that its README links to, so that its links work there, too.
RUN = ("app.py", "requirements.txt", "packages.txt", "scoring/")
READ = ("README.md", "CHANGELOG.md", "CONTRIBUTING.md", "LICENSE", "docs/")
# The bundled model is needed only if no other is configured: it is never a fallback.
BUNDLED = "artifacts/"
# The app's variables (`scoring.serving.settings`) except what is a secret of the Space: HF_TOKEN, SESSION_SECRET,
# OIDC_CLIENT_SECRET, and JOURNAL_URL where it holds a password.
MODEL = ("MODEL_REPO", "MODEL_REVISION", "MODEL_REFRESH_MINUTES", "APPLICANTS", "COST_FUNCTION", "COST_RATIO")
OIDC = ("OIDC_ISSUER", "OIDC_CLIENT_ID", "OIDC_ROLE_CLAIM", "OIDC_ROLES")
VARIABLES = (*MODEL, "AUTH", "ALLOW_ANONYMOUS", "SESSION_MINUTES", *OIDC)


@dataclass(frozen=True)
class Deployment:
    """The Space (ORG/NAME), its variables by name, and whether to make a new Space private."""

    space: str
    variables: Mapping[str, str] = field(default_factory=dict)
    private: bool = False

    @property
    def place(self) -> HubPlace:
        """The Space's served branch."""
        return HubPlace(self.space, SERVED, "space")


def variables_from(words: Iterable[str]) -> dict[str, str]:
    """Variables from words such as MODEL_REPO=lender/credit.

    Raises:
        DeployError: the app does not read one of them.
    """
    pairs = {name: value for name, _, value in (word.partition("=") for word in words)}
    wrong = [name for name, value in pairs.items() if name not in VARIABLES or not value]
    if wrong:
        raise DeployError(f"--variable {wrong[0]}: give NAME=VALUE, with a name among {', '.join(VARIABLES)}.")
    return pairs


def space_files(variables: Mapping[str, str]) -> dict[str, Path]:
    """The files that the Space needs by name: tracked ones only, so that no stray file is published.

    Raises:
        DeployError: this is not a checkout of the project.
    """
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        raise DeployError(f"{ROOT}: no Git checkout. Deploy from a clone of the project.")
    wanted = (*RUN, *READ) if "MODEL_REPO" in variables else (*RUN, *READ, BUNDLED)
    return {name: ROOT / name for name in listed.stdout.splitlines() if name.startswith(wanted)}


def deploy(api: HfApi, order: Deployment) -> Published:
    """Checks that the app starts in a clean environment, then sets the Space's variables and commits its files.

    Variables come first: they restart the Space with the code that it has, and the commit then finds them set. A deploy
    that ends in between is finished by the same command.

    Raises:
        DeployError: the app does not start there; nothing was deployed.
        HubError: the hub cannot be reached, or refuses.
    """
    files = space_files(order.variables)
    with tempfile.TemporaryDirectory() as scratch:
        copied = copy_files(files, Path(scratch) / "space")
        python = clean_environment(copied / "requirements.txt", Path(scratch) / "environment")
        check_starts(python, copied, order.variables)
    parent = _head(api, order)
    _set_variables(api, order)
    done = commit_exactly(api, order.place, files, parent, f"Deploy {code_commit()}")
    return Published(done.oid, (f"{len(files)} files deployed to {order.space}", f"commit {done.oid}"))


def copy_files(files: Mapping[str, Path], out: Path) -> Path:
    """Lays out the files as on the Space."""
    for name, path in files.items():
        (out / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, out / name)
    return out


def _head(api: HfApi, order: Deployment) -> str:
    """The Space's present commit; the Space is created if it does not exist."""
    with writing(order.place):
        if not api.repo_exists(order.space, repo_type="space"):
            api.create_repo(order.space, repo_type="space", space_sdk="gradio", private=order.private)
        return str(api.repo_info(order.space, repo_type="space").sha)


def _set_variables(api: HfApi, order: Deployment) -> None:
    """Sets the app's variables; each change restarts the Space, so only changes are sent."""
    with writing(order.place):
        before = {name: found.value for name, found in api.get_space_variables(order.space).items()}
        for name in VARIABLES:
            if name in order.variables and before.get(name) != order.variables[name]:
                api.add_space_variable(order.space, name, order.variables[name])
            elif name in before and name not in order.variables:
                api.delete_space_variable(order.space, name)
