"""Files that are read: damaged or odd ones are refused in words, and never end in an error of a library."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from hypothesis import strategies as st

from benchmarks.fuzz.damage import arrow, damaged, odd, parquet
from benchmarks.fuzz.inputs import Strategy, changed, mostly
from benchmarks.fuzz.target import Target, check_words, refused
from scoring.applicants.store import open_applicants
from scoring.artifact.content import ExplanationAsWritten, check_features
from scoring.artifact.load import LATER_PARTS
from scoring.artifact.manifest import MANIFEST, read_manifest
from scoring.artifact.metrics import Metrics
from scoring.artifact.model import Calibration
from scoring.decision.cost_curve import curves_from_json
from scoring.errors import InvalidInputError, PortfolioError, ScoringError
from scoring.portfolio.decode import decode
from scoring.portfolio.reading import parts
from scoring.portfolio.rows import scored_rows
from scoring.schema.features import ModelFeature
from scoring.serving.service import Service
from scoring.serving.settings import DEMO_APPLICANTS, DEMO_ARTIFACT
from scoring.strict import MalformedError, parse

ROWS = 4
# `decode` runs in a process of its own, and these are what it ends with.
REFUSED_BY_DECODE = (PortfolioError, pa.ArrowException, OSError, MemoryError, UnicodeError, ValueError)
READERS: dict[str, Callable[[bytes], object]] = {
    "features.json": lambda content: check_features(tuple(parse(list[ModelFeature], content))),
    "calibration.json": lambda content: parse(Calibration, content),
    "decision.json": lambda content: _with_rule(content),
    "explanation.json": lambda content: parse(ExplanationAsWritten, content),
    "metrics.json": lambda content: parse(Metrics, content),
    **{name: lambda content, shape=shape: parse(shape, content) for name, (_, shape) in LATER_PARTS.items()},  # type: ignore[misc]
}


def file_targets(service: Service, folder: Path) -> dict[str, Target]:
    """By name: an artifact's parts, the file of applicants, and what `/batch` is sent. They are written to `folder`."""
    table = pq.read_table(DEMO_APPLICANTS).slice(0, ROWS)
    stored = [parquet(table, folder), arrow(table, folder)]
    tables = st.one_of(*map(damaged, stored)) | odd(table).map(lambda made: parquet(made, folder))
    assert service.applicants is not None
    csv = pd.DataFrame([service.applicants.find(int(each)).raw for each in service.applicants.ids[:ROWS]])
    sent = damaged(csv.to_csv(index=False).encode())
    written = {name: (DEMO_ARTIFACT / name).read_bytes() for name in READERS if (DEMO_ARTIFACT / name).is_file()}
    parts_of = st.one_of(
        *[st.tuples(st.just(name), _spoilt(content)) for name, content in written.items()],
    )
    manifest = (DEMO_ARTIFACT / MANIFEST).read_bytes()
    return {
        "artifact": Target(parts_of, lambda sent: _part(*sent)),
        "manifest": Target(_spoilt(manifest), lambda sent: _manifest(folder, sent)),
        "applicants": Target(tables, lambda sent: _applicants(folder, service, sent)),
        "csv": Target(mostly(sent, beside=st.binary(max_size=200)), lambda sent: _csv(folder, service, sent)),
        "decode": Target(tables, lambda sent: _decode(folder, sent)),
    }


def _spoilt(content: bytes) -> Strategy:
    """A document in JSON with its bytes damaged, or with anything in one place."""
    return damaged(content) | changed(json.loads(content)).map(lambda document: json.dumps(document).encode())


def _with_rule(content: bytes) -> object:
    curves = curves_from_json(content)
    return curves.rule(curves.chosen(None, None))


def _part(name: str, content: bytes) -> bool:
    try:
        READERS[name](content)
    except (MalformedError, InvalidInputError) as error:
        return refused(error)
    return True


def _manifest(folder: Path, content: bytes) -> bool:
    (folder / MANIFEST).write_bytes(content)
    try:
        read_manifest(folder)
    except ScoringError as error:
        return refused(error)
    return True


def _applicants(folder: Path, service: Service, content: bytes) -> bool:
    path = folder / "applicants"
    path.write_bytes(content)
    try:
        file = open_applicants(path, service.artifact.history_names)
        file.find(int(file.ids[0]))
        file.listed([int(file.ids[-1])])
        for _ in file.tables():
            pass
    except ScoringError as error:
        return refused(error)
    return True


def _csv(folder: Path, service: Service, content: bytes) -> bool:
    path = folder / "sent.csv"
    path.write_bytes(content)
    try:
        every = [
            row
            for rows in parts(path, service.artifact.history_names, ROWS, "fr")
            for row in scored_rows(service.artifact, rows, "fr")
        ]
    except PortfolioError as error:
        return refused(error)
    for row in every:
        if row.error:
            check_words(row.error)
    return not all(row.error for row in every)


def _decode(folder: Path, content: bytes) -> bool:
    path = folder / "sent"
    path.write_bytes(content)
    try:
        decode(path, folder / "decoded.csv", "fr")
    except REFUSED_BY_DECODE:
        return False
    return True
