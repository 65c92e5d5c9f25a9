"""The scoring core: whatever comes in, it answers in figures that hold together, or refuses in words."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import asdict
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from benchmarks.fuzz.inputs import ANYTHING, CHANGES, FIELD, FIELDS, LANGUAGE, VALUES, Strategy, applicant_ids, mostly
from benchmarks.fuzz.target import Target, refused
from scoring.answers.population import POPULATIONS
from scoring.assessment.comparison import compare
from scoring.assessment.curve import curve
from scoring.assessment.scatter import scatter
from scoring.assessment.similar import similar
from scoring.decision.rule import OUTCOMES
from scoring.errors import ScoringError
from scoring.interface.kept import read_kept
from scoring.portfolio.reading import Row
from scoring.portfolio.rows import scored_rows
from scoring.schema.definition import is_missing, read_number
from scoring.serving.description import find_applicants
from scoring.serving.service import Service, answered, assess, explain, recourse_with_offers
from scoring.words.language import LANGUAGES
from scoring.words.typed import LONGEST, read_typed, written

ON_FILE = 50
POPULATION = mostly(st.sampled_from(POPULATIONS))
DIGITS = st.text("0123456789 ", max_size=8) | st.integers(0, 10**6)
# Figures and terms are added in another order than the model's.
ROUNDING = 1e-9
# Larger than any field of an application.
LARGEST = 1e12


def core_targets(service: Service) -> dict[str, Target]:
    """By name: scores, all else that is said of an applicant, the list, rows of a file, what is typed and linked to."""
    assert service.applicants is not None
    ids = applicant_ids(service.applicants.ids[:ON_FILE].tolist())
    calls = st.tuples(ids, CHANGES, LANGUAGE)
    share = st.floats(0, 1).map(lambda number: f"{Decimal(number):f}"[:LONGEST])
    words: Strategy = st.text("0123456789.,+- \u202f\u00a0eE", max_size=45) | st.text(max_size=45) | share
    kept = st.fixed_dictionaries(
        {"applicant_id": ids, "changes": CHANGES, "scenarios": st.lists(CHANGES, max_size=3) | ANYTHING},
        optional={"typed": ANYTHING},
    )
    return {
        "score": Target(calls, lambda sent: _score(service, *sent)),
        "explain": Target(st.tuples(calls, FIELD, FIELD, POPULATION), lambda sent: _explain(service, *sent)),
        "find": Target(st.tuples(mostly(DIGITS), mostly(st.integers(0, 100))), lambda sent: _find(service, *sent)),
        "rows": Target(st.lists(cells_of(service), min_size=1, max_size=3), lambda sent: _rows(service, sent)),
        "typed": Target(st.tuples(words, st.sampled_from(LANGUAGES)), lambda sent: _typed(*sent)),
        "kept": Target(kept.map(json.dumps) | st.text(max_size=50) | ANYTHING, _kept),
    }


def cells_of(service: Service) -> Strategy:
    """The cells of an applicant on file, a few of them changed."""
    assert service.applicants is not None
    on_file = [service.applicants.find(int(each)).raw for each in service.applicants.ids[:ON_FILE]]
    whole = [{name: "" if value is None else str(value) for name, value in raw.items()} for raw in on_file]
    cell = FIELDS.flatmap(lambda name: st.tuples(st.just(name), VALUES[name].map(str)))
    return st.builds(lambda cells, new: {**cells, **dict(new)}, st.sampled_from(whole), st.lists(cell, max_size=3))


def _score(service: Service, applicant_id: object, changes: object, language: object) -> bool:
    try:
        assessment = assess(service, applicant_id, changes, language)
    except ScoringError as error:
        return refused(error)
    answer = answered(service, assessment, "short")
    assert 0 < answer.probability < 1
    assert answer.decision in OUTCOMES
    told = explain(service, assessment)
    contributions = [each.contribution for theme in told.themes for each in theme.features]
    assert math.isclose(told.base + sum(contributions), told.log_odds, abs_tol=ROUNDING)
    again = answered(service, assess(service, applicant_id, changes, language), "short")
    assert _sent(again) == _sent(answer)
    return True


def _explain(service: Service, call: tuple[object, object, object], one: Any, other: Any, population: Any) -> bool:
    try:
        assessment = assess(service, *call)
    except ScoringError as error:
        return refused(error)
    artifact = service.artifact
    answers: list[Callable[[], Any]] = [
        lambda: compare(artifact, assessment, one, population),
        lambda: scatter(artifact, assessment, one, other, population),
        lambda: curve(artifact, assessment, one, other),
        lambda: curve(artifact, assessment, one, "term"),
        lambda: similar(artifact, assessment),
        lambda: recourse_with_offers(service, assessment),
    ]
    for answer in answers:
        try:
            _sent(answer())
        except ScoringError as error:
            refused(error)
    return True


def _sent(answer: Any) -> str:
    """The answer as it goes over the wire; NaN and infinity are no JSON."""
    return json.dumps(asdict(answer), allow_nan=False)


def _find(service: Service, query: Any, limit: Any) -> bool:
    try:
        json.dumps(find_applicants(service, query, limit), allow_nan=False)
    except ScoringError as error:
        return refused(error)
    return True


def _rows(service: Service, sent: list[dict[str, str]]) -> bool:
    """What `/score` refuses no row smuggles in, and what it answers a row is answered, too."""
    rows = scored_rows(service.artifact, [Row(number, cells) for number, cells in enumerate(sent, 1)], "en")
    for row, cells in zip(rows, sent, strict=True):
        changes = {name: None if is_missing(cell) else cell for name, cell in cells.items()}
        try:
            answer: tuple[str, float | None] = "", assess(service, None, changes, "en").probability
        except ScoringError as error:
            refused(error)
            answer = str(error), None
        assert (row.error, row.probability) == answer
    return not all(row.error for row in rows)


def _typed(words: str, language: Any) -> bool:
    read_number(words, language)
    number = read_typed(words, language)
    if number is not None and abs(number) < LARGEST:
        for shown in LANGUAGES:
            again = read_typed(written(number, shown), shown)
            # In French, three digits after a comma may be thousands, too.
            assert again == number or (again is None and shown == "fr"), (number, again)
    return number is not None


def _kept(sent: object) -> bool:
    try:
        read_kept(sent, "en")
    except ScoringError as error:
        return refused(error)
    return True
