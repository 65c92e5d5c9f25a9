"""No table lets in a row that `/score` refuses: on over ten thousand generated rows, every entry point agrees."""

from __future__ import annotations

import math
import re
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from scoring.artifact.model import probability_of
from scoring.checks.stored import stored_rows
from scoring.errors import InvalidInputError
from scoring.interface.form import form_fields
from scoring.lender.roles import APPLICANT_ID
from scoring.schema.definition import checked_value
from scoring.schema.features import frame_matrix
from scoring.schema.fields import Field, fields
from scoring.serving.batch import score_frame
from scoring.serving.service import Service, assess
from training.dataset.applicants import write_applicants
from training.dataset.dataset import application_frame
from training.lender.roles import TEST
from training.tables.quarantine import Quarantine
from training.tables.read import read_tables

ROWS, DRAWN_AT_ONCE = 10_000, 50
# Examples beyond the rows wanted, should Hypothesis discard some.
SPARE = 10
DAYS_PER_YEAR = 365.25
Row = dict[str, Any]


def values_of(field: Field) -> st.SearchStrategy[Any]:
    """Allowed and other values of a field: about its limits and marks, missing, levels and what is like them."""
    if field.type == "text":
        like = [word for level in field.levels for word in (level.lower(), level.upper(), f"{level}s", level[:-1])]
        others = [word for word in [*like, "Astronaut", "0", "3"] if word]
        return st.one_of(st.none(), st.sampled_from(list(field.levels)), st.sampled_from(others))
    edges = [edge for edge in (field.minimum, field.maximum, *field.sentinels, 0.0, -999.0) if edge is not None]
    near = [value for edge in edges for value in (edge - 1, edge, edge + 1, edge + 0.5, -edge, edge / 1000, edge * 100)]
    within = st.floats(field.minimum, field.maximum, allow_nan=False)
    whole = within.map(round).map(float)
    return st.one_of(st.none(), st.sampled_from(near), whole, within, st.just(math.inf))


CHANGES = st.lists(
    st.sampled_from(list(fields().values())).flatmap(lambda field: st.tuples(st.just(field.name), values_of(field))),
    max_size=3,
).map(dict)


@cache
def made_changes() -> list[Row]:
    """Ten thousand sets of changes to an application."""
    found: list[Row] = []

    @settings(
        max_examples=ROWS // DRAWN_AT_ONCE + SPARE,
        phases=[Phase.generate],
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(st.lists(CHANGES, min_size=DRAWN_AT_ONCE, max_size=DRAWN_AT_ONCE))
    def draw(some: list[Row]) -> None:
        found.extend(some)

    draw()
    assert len(found) >= ROWS
    return found[:ROWS]


def refused_by_score(row: Row) -> frozenset[str]:
    return frozenset(name for name, value in row.items() if is_refused(fields()[name], value))


def is_refused(field: Field, value: object) -> bool:
    try:
        checked_value(field, value, "en")
    except InvalidInputError:
        return True
    return False


@pytest.fixture(scope="module")
def base(service: Service) -> Row:
    """A sound application, complete enough for any change."""
    assert service.applicants is not None
    return dict(service.applicants.find(int(service.applicants.ids[5])).raw)


@pytest.fixture(scope="module")
def rows(base: Row) -> list[Row]:
    return [{**base, **changes} for changes in made_changes()]


@pytest.fixture(scope="module")
def expected(rows: list[Row]) -> list[frozenset[str]]:
    """The fields that `/score` refuses, row by row."""
    return [refused_by_score(row) for row in rows]


@pytest.fixture(scope="module")
def frame(rows: list[Row]) -> pd.DataFrame:
    """The rows as a table has them."""
    text = {name: "str" for name, field in fields().items() if field.type == "text"}
    number = {name: "float64" for name in fields() if name not in text}
    typed = pd.DataFrame(rows).astype(number | text)
    return pd.concat([pd.DataFrame({APPLICANT_ID: range(1, len(rows) + 1)}), typed], axis=1)


@pytest.fixture(scope="module")
def folder(frame: pd.DataFrame, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("entry-points")
    frame.to_parquet(folder / f"{TEST}.parquet", index=False)
    return folder


def test_the_made_rows_are_of_both_kinds(expected: list[frozenset[str]]) -> None:
    refused = sum(map(bool, expected))
    assert 0.2 * ROWS < refused < 0.8 * ROWS


def test_a_file_of_applicants_is_refused_where_score_refuses(
    frame: pd.DataFrame, expected: list[frozenset[str]]
) -> None:
    found = stored_rows(frame).refused
    assert [frozenset(name for name in found if found[name][place]) for place in range(ROWS)] == expected


def test_tables_are_refused_where_score_refuses(folder: Path, expected: list[frozenset[str]]) -> None:
    quarantine = Quarantine(folder / "rows.parquet", limit=1.0)
    read_tables(folder, outcomes=False, quarantine=quarantine)
    found: list[frozenset[str]] = [frozenset()] * ROWS
    for row in pd.read_parquet(quarantine.file).itertuples():
        named = re.findall(r"(?:^|\. |…\. )([A-Z0-9_]+): ", row.reasons)
        found[int(row.ids.removeprefix(f"{APPLICANT_ID} ")) - 1] = frozenset(named)
    assert found == expected


def test_the_form_refuses_where_score_refuses(rows: list[Row], expected: list[frozenset[str]]) -> None:
    for row, refused in zip(rows[: ROWS // 5], expected, strict=False):
        for item in form_fields():
            name, value = item.raw.name, row[item.raw.name]
            if value is None:
                continue
            if item.in_years and (value in item.raw.sentinels or value % 1):
                continue  # A mark is an empty entry; the form rounds to whole days.
            entry = -value / DAYS_PER_YEAR if item.in_years else value
            try:
                item.raw_value(entry, "en")
                told = False
            except InvalidInputError:
                told = True
            assert told == (name in refused), (name, value)


def test_whoever_is_accepted_has_the_same_probability_by_every_way(
    service: Service,
    rows: list[Row],
    frame: pd.DataFrame,
    expected: list[frozenset[str]],
    folder: Path,
    tmp_path: Path,
) -> None:
    assert service.applicants is not None
    applicant_id = int(service.applicants.ids[5])
    accepted = [place for place, refused in enumerate(expected) if not refused]
    asked = [assess(service, applicant_id, rows[place], "en").probability for place in accepted]
    history = pd.DataFrame([dict(service.applicants.find(applicant_id).history)] * len(accepted))

    sent = pd.concat([frame.iloc[accepted].reset_index(drop=True), history], axis=1)
    batch = score_frame(service.artifact, sent)["probability"]
    np.testing.assert_allclose(batch, asked, rtol=0, atol=1e-12)

    quarantine = Quarantine(tmp_path / "rows.csv", limit=1.0)
    write_applicants(folder, tmp_path / "applicants.parquet", quarantine=quarantine)
    written = pd.read_parquet(tmp_path / "applicants.parquet")
    assert written[APPLICANT_ID].tolist() == [place + 1 for place in accepted]
    on_file = pd.concat([written[[APPLICANT_ID, *fields()]], history], axis=1)
    filed = score_frame(service.artifact, on_file)["probability"]
    np.testing.assert_allclose(filed, asked, rtol=0, atol=1e-12)

    learnt = application_frame(read_tables(folder, outcomes=False, quarantine=quarantine))
    matrix = frame_matrix(pd.concat([learnt, history], axis=1), service.artifact.model.features)
    np.testing.assert_allclose(probability_of(service.artifact.model.log_odds(matrix, 0)), asked, rtol=0, atol=1e-12)
