from __future__ import annotations

import json
import logging
import re
from dataclasses import replace
from pathlib import Path

from prometheus_client.parser import text_string_to_metric_families

from scoring.errors import HubRepoNotFoundError
from scoring.journal.journal import Journal, open_journal
from scoring.operations.metrics import Metrics
from scoring.people import SYSTEM
from scoring.serving.live import State
from scoring.serving.service import Service
from scoring.serving.settings import ROOT


def figures(metrics: Metrics) -> dict[str, float]:
    """Each figure by name and labels."""
    families = text_string_to_metric_families(metrics.text().decode())
    samples = [sample for family in families for sample in family.samples]
    return {" ".join([each.name, *map(str, each.labels.values())]): each.value for each in samples}


def opened(tmp_path: Path) -> Journal:
    return open_journal(f"sqlite:///{tmp_path / 'journal.db'}")


def test_the_model_that_is_served_is_reported(tmp_path: Path, service: Service):
    state = State(service, {})
    metrics = Metrics(lambda: state, opened(tmp_path).engine, lambda: 7)
    identity = service.artifact.identity
    told = figures(metrics)
    assert (told["credit_model_served"], told["credit_model_current"], told["credit_queue_length"]) == (1, 1, 7)
    assert told[f"credit_model_info {identity.revision} {identity.source}"] == 1
    state = replace(state, trouble=HubRepoNotFoundError("gone"))
    assert figures(metrics)["credit_model_current"] == 0
    state = State(None, {}, HubRepoNotFoundError("gone"))
    told = figures(metrics)
    assert told["credit_model_served"] == 0
    assert not [name for name in told if name.startswith("credit_model_info")]


def test_the_journal_s_end_is_told_and_that_it_is_gone(tmp_path: Path):
    journal = opened(tmp_path)
    metrics = Metrics(lambda: State(None, {}), journal.engine, lambda: 0)
    assert figures(metrics)["credit_journal_entries"] == 0
    journal.record("settings", SYSTEM, {})
    told = figures(metrics)
    assert (told["credit_journal_up"], told["credit_journal_entries"]) == (1, 1)
    journal.engine.dispose()
    (tmp_path / "journal.db").unlink()
    (tmp_path / "journal.db").mkdir()
    told = figures(metrics)
    assert told["credit_journal_up"] == 0
    assert "credit_journal_entries" not in told


def test_problems_in_the_log_are_counted_by_room(tmp_path: Path):
    metrics = Metrics(lambda: State(None, {}), opened(tmp_path).engine, lambda: 0)
    logging.getLogger("scoring.journal.anchor").error("not anchored")
    logging.getLogger("scoring.journal.head").warning("odd")
    logging.getLogger("scoring.serving.live").info("fine")
    told = figures(metrics)
    assert told["credit_problems_total journal"] == 2
    assert "credit_problems_total serving" not in told


def test_the_board_shows_figures_that_exist(tmp_path: Path, service: Service):
    state = State(service, {})
    metrics = Metrics(lambda: state, opened(tmp_path).engine, lambda: 0)
    metrics.answered("score", "answered", 0.1)
    board = json.loads((ROOT / "deploy" / "grafana" / "credit.json").read_text(encoding="utf-8"))
    expressions = [target["expr"] for panel in board["panels"] for target in panel["targets"]]
    families = {family.name: family for family in text_string_to_metric_families(metrics.text().decode())}
    samples = {sample.name for family in families.values() for sample in family.samples}
    # A counter without labels so far has no sample yet.
    known = samples | {f"{family.name}_total" for family in families.values() if family.type == "counter"}
    shown = {name for expression in expressions for name in re.findall(r"credit_\w+", expression)}
    assert shown
    assert shown <= known
    # And the board leaves none out.
    assert all(any(name.startswith(family) for name in shown) for family in families if not family.endswith("_created"))
