"""Every command in README, CONTRIBUTING and docs is valid."""

import re
import shlex

import pytest
from typer.main import get_command

from scoring.__main__ import _parser
from scoring.serving.settings import read_settings
from tests.documents import DOCUMENTS, ROOT, blocks, commands, table
from training.__main__ import app

COMMANDS = [(document.name, line) for document in DOCUMENTS for line in commands(document)]
TRAINING = get_command(app)
TARGETS = set(re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
# The hub's client reads it by itself.
OF_THE_HUB = {"HF_HOME"}


def those(pattern):
    found = [pytest.param(line, id=f"{document}: {line}") for document, line in COMMANDS if re.search(pattern, line)]
    assert found, pattern
    return found


@pytest.mark.parametrize("line", those(r"python -m training "))
def test_a_training_command_is_taken_with_these_options(line):
    verb, *arguments = shlex.split(line)[3:]
    # Parses options, values and what is required, and runs nothing.
    TRAINING.commands[verb].make_context(verb, arguments)


def test_spark_submit_hands_over_a_training_command():
    scripts = [block for document in DOCUMENTS for kind, block in blocks(document) if kind == "sh"]
    assert len(scripts) == 1
    entry, verb, *arguments = shlex.split(scripts[0].replace("\\\n", ""))[-8:]
    assert (ROOT / entry).is_file()
    TRAINING.commands[verb].make_context(verb, arguments)


@pytest.mark.parametrize("line", those(r"python -m scoring "))
def test_a_scoring_command_is_taken_with_these_options(line):
    _parser().parse_args(shlex.split(line)[3:])


@pytest.mark.parametrize("line", those(r"python app\.py"))
def test_the_app_takes_these_settings(line):
    *settings, python, entry = shlex.split(line)
    given = dict(setting.split("=", 1) for setting in settings)
    assert (python, (ROOT / entry).is_file()) == ("python", True)
    assert set(given) <= set(documented_settings())
    read_settings(given)


@pytest.mark.parametrize("line", those(r"^pip install"))
def test_what_is_installed_is_there(line):
    assert (ROOT / line.removeprefix("pip install -r ")).is_file()


@pytest.mark.parametrize("line", those(r"^make"))
def test_make_has_the_target(line):
    assert line.removeprefix("make ") in TARGETS


def test_every_command_is_looked_at():
    kinds = r"python -m (training|scoring) |python app\.py|^pip install -r |^make "
    assert [line for _, line in COMMANDS if not re.search(kinds, line)] == []


def test_make_has_every_target_named_in_a_sentence_and_each_is_described():
    named = {
        name for document in DOCUMENTS for name in re.findall(r"`make (\w+)", document.read_text(encoding="utf-8"))
    }
    assert named <= TARGETS
    assert {"run", "test", "check", "docs", "screenshot", "demo", "benchmark", "mlflow"} <= named


def documented_settings():
    rows = table(ROOT / "docs" / "serving.md", "| setting |")
    return [name.strip() for row in rows for name in row[0].split(",")]


def test_every_setting_that_the_app_reads_is_in_the_table():
    read = set(
        re.findall(
            r'"([A-Z]+(?:_[A-Z]+)*)"', (ROOT / "scoring" / "serving" / "settings.py").read_text(encoding="utf-8")
        )
    )
    assert set(documented_settings()) == read | OF_THE_HUB


def options(verb):
    """Option of a training command -> its default as a table writes it, without those that every such command has."""
    defaults = {option.opts[0]: option.default for option in TRAINING.commands[verb].params}
    return {
        name: "" if default is None else f"{default:g}" if isinstance(default, float) else str(default)
        for name, default in defaults.items()
        if name not in ("--data", "--out", "--version", "--seed", "--help")
    }


@pytest.mark.parametrize("verb", ["train", "applicants"])
def test_the_options_of_a_command_have_these_defaults(verb):
    rows = table(ROOT / "docs" / "training.md", f"| `{verb}` option |")
    assert {name: default for name, _, default, *_ in rows} == options(verb)
