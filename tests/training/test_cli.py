"""The commands as a maintainer types them, from nothing to a scored file, in subprocesses."""

import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

ROOT = Path(__file__).parents[2]


TRAINING_LIBRARIES = {
    *("duckdb", "evidently", "fairlearn", "huggingface_hub", "ibis", "imblearn", "lightgbm", "matplotlib", "mlflow"),
    *("optuna", "pyspark", "scipy", "shap", "sklearn", "xgboost"),
}
# Asks every command for help in one process, then tells what is imported.
EVERY_HELP = """
import sys
from typer.main import get_command
from typer.testing import CliRunner
from training.__main__ import app
for name in get_command(app).commands:
    helped = CliRunner().invoke(app, [name, "--help"])
    assert helped.exit_code == 0, name
    assert "Usage" in helped.output, name
    sys.stderr.write(f"{name} ")
print(*sys.modules)
"""


def run(*words: object) -> subprocess.CompletedProcess:
    command = [sys.executable, "-m", *map(str, words)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("cli")


@pytest.fixture(scope="module")
def tables(folder):
    made = run("training", "synthesize", "--applicants", 2_000, "--seed", 1, "--out", folder / "t", "--format", "csv")
    assert made.returncode == 0, made.stderr
    return folder / "t"


def test_the_readme_way_from_tables_to_scores(folder, tables):
    trained = run("training", "train", "--data", tables, "--out", folder / "model")
    assert trained.returncode == 0, trained.stderr
    assert "held out: 400 applicants" in trained.stdout
    assert "theoretical threshold: 0.0909" in trained.stdout
    assert "threshold by amount: at " in trained.stdout
    filed = run("training", "applicants", "--data", tables, "--out", folder / "applicants.parquet")
    assert "2317 applicants written" in filed.stdout
    options = ["--artifact", folder / "model", "--applicants", folder / "applicants.parquet"]
    scored = run("scoring", "batch", *options, "--out", folder / "scores.csv")
    assert scored.returncode == 0, scored.stderr
    scores = pd.read_csv(folder / "scores.csv")
    assert len(scores) == 2_317
    assert scores["probability"].between(0, 1).all()


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["train", "--data", "no/such/folder", "--out", "x"], "no/such/folder"),
        (["applicants", "--data", "no/such/folder", "--out", "x"], "no/such/folder"),
        (["train", "--data", "no/such/folder", "--out", "x", "--cost-ratio", 1000], "Cost ratio 1000"),
        (["train", "--data", "no/such/folder", "--out", "x", "--cost-ratio", -1], "false_approval = -1.0"),
        (["train", "--data", "no/such/folder", "--out", "x", "--loss-given-default", 2], "loss_given_default = 2.0"),
    ],
)
def test_an_error_is_one_line_that_says_what_to_do(words, told):
    ran = run("training", *words)
    assert ran.returncode == 2
    assert ran.stderr.startswith("error: ")
    assert told in ran.stderr
    assert len(ran.stderr.strip().splitlines()) == 1


def test_a_damaged_table_is_named(folder, tables):
    import shutil

    damaged = shutil.copytree(tables, folder / "damaged")
    text = (damaged / "bureau.csv").read_text()
    (damaged / "bureau.csv").write_text(text.replace("DAYS_CREDIT", "DAYS_CREDITS", 1))
    ran = run("training", "train", "--data", damaged, "--out", folder / "never")
    assert ran.returncode == 2
    assert "bureau.csv" in ran.stderr
    assert "DAYS_CREDIT" in ran.stderr
    assert not (folder / "never").exists()


def test_help_imports_no_training_library():
    asked = subprocess.run([sys.executable, "-c", EVERY_HELP], cwd=ROOT, capture_output=True, text=True, check=False)
    assert asked.returncode == 0, asked.stderr
    assert {"train", "compare", "drift", "publish"} <= set(asked.stderr.split())
    assert not TRAINING_LIBRARIES & set(asked.stdout.split())
