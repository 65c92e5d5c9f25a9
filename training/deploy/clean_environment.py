"""A virtual environment with the serving requirements only, to test whether the app starts in it."""

from __future__ import annotations

import os
import subprocess
import venv
from collections.abc import Mapping
from pathlib import Path

from scoring.errors import DeployError

# Training dependencies that serving must not need; scipy and typer come with lightgbm and gradio.
TRAINING_ONLY = (
    "training",
    "charset_normalizer",
    "openpyxl",
    "duckdb",
    "evidently",
    "fairlearn",
    "ibis",
    "imblearn",
    "mlflow",
    "optuna",
    "pyspark",
    "shap",
    "sklearn",
    "xgboost",
)
# Runs in the clean environment, in the folder of the app.
PROBE = f"""
from importlib.util import find_spec
found = [name for name in {TRAINING_ONLY} if find_spec(name)]
if found:
    raise SystemExit("importable there: " + ", ".join(found))
import app
if app.workplace.serving.state.served is None:
    raise SystemExit(str(app.workplace.serving.state.trouble))
"""
LONGEST_START = 300
# Settings of this machine that are not the Space's.
OWN = ("PYTHONPATH", "ARTIFACT", "APPLICANTS", "AUTH", "ALLOW_ANONYMOUS")
# The Space has a secret of its own, which is not known here and not needed to start.
STAND_IN = {"OIDC_CLIENT_SECRET": "a secret of the Space"}


def clean_environment(requirements: Path, folder: Path) -> Path:
    """Makes a virtual environment in `folder` and installs what `requirements` lists, from pip's index here.

    Returns:
        its Python.

    Raises:
        DeployError: the requirements cannot be installed.
    """
    venv.create(folder, with_pip=True)
    python = folder / "bin" / "python"
    # Not compiled at installation: the app imports only a small part of it.
    options = ["--quiet", "--disable-pip-version-check", "--no-compile"]
    command = [str(python), "-m", "pip", "install", *options, "-r", str(requirements)]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    if ran.returncode:
        raise DeployError(f"{requirements.name} cannot be installed in a clean environment: {_last_line(ran.stderr)}")
    return python


def check_starts(python: Path, space: Path, variables: Mapping[str, str]) -> None:
    """Imports the app as the Space would, with the Space's variables; `app.py` loads the model when it is imported.

    Raises:
        DeployError: it does not start, its model cannot be loaded, or a training dependency can be imported there.
    """
    kept = {name: value for name, value in os.environ.items() if name not in OWN}
    command = [str(python), "-c", PROBE]
    try:
        ran = subprocess.run(
            command,
            cwd=space,
            env={**kept, **STAND_IN, **variables},
            capture_output=True,
            text=True,
            timeout=LONGEST_START,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise DeployError(f"The app does not start within {LONGEST_START} s in a clean environment.") from error
    if ran.returncode:
        raise DeployError(
            f"The app does not start in a clean environment of requirements.txt: {_last_line(ran.stderr)}. Nothing was "
            "deployed. Correct it, or add what is missing to requirements.txt."
        )


def _last_line(output: str) -> str:
    lines = output.strip().splitlines()
    return lines[-1] if lines else "no reason given"
