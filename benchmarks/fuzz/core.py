"""The scoring core: whatever comes in, it answers in figures that hold together, or refuses in words."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import asdict
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from benchmarks.fuzz.inputs import ANYTHING, CHANGES, FIELD, LANGUAGE, Strategy, applicant_ids, values_of
from benchmarks.fuzz.target import Target, check_words
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
from scoring.schema.definition import read_number
from scoring.schema.fields import fields
from scoring.serving.description import find_applicants
from scoring.serving.service import Service, answered, assess, explain, recourse_with_offers
from scoring.words.language import LANGUAGES
from scoring.words.typed import LONGEST, read_typed, written

ON_FILE = 50
POPULATION = st.sampled_from(POPULATIONS) | ANYTHING
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
        "find": Target(st.tuples(ANYTHING, ANYTHING), lambda sent: _find(service, *sent)),
        "rows": Target(st.lists(_cells(), min_size=1, max_size=3), lambda sent: _rows(service, sent)),
        "typed": Target(st.tuples(words, st.sampled_from(LANGUAGES)), lambda sent: _typed(*sent)),
        "kept": Target(kept.map(json.dumps) | st.text(max_size=50) | ANYTHING, _kept),
    }


def _cells() -> Strategy:
    required = {field.name: values_of(field).map(str) for field in fields().values() if field.required}
    others = {field.name: values_of(field).map(str) for field in fields().values() if not field.required}
    return st.fixed_dictionaries(required, optional=dict(list(others.items())[:20]))


def _score(service: Service, applicant_id: object, changes: object, language: object) -> None:
    try:
        assessment = assess(service, applicant_id, changes, language)
    except ScoringError as error:
        check_words(str(error))
        return
    answer = answered(service, assessment, "short")
    assert 0 < answer.probability < 1
    assert answer.decision in OUTCOMES
    told = explain(service, assessment)
    contributions = [each.contribution for theme in told.themes for each in theme.features]
    assert math.isclose(told.base + sum(contributions), told.log_odds, abs_tol=ROUNDING)
    again = answered(service, assess(service, applicant_id, changes, language), "short")
    assert _sent(again) == _sent(answer)


def _explain(service: Service, call: tuple[object, object, object], one: Any, other: Any, population: Any) -> None:
    try:
        assessment = assess(service, *call)
    except ScoringError as error:
        check_words(str(error))
        return
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
            check_words(str(error))


def _sent(answer: Any) -> str:
    """The answer as it goes over the wire; NaN and infinity are no JSON."""
    return json.dumps(asdict(answer), allow_nan=False)


def _find(service: Service, query: Any, limit: Any) -> None:
    try:
        json.dumps(find_applicants(service, query, limit), allow_nan=False)
    except ScoringError as error:
        check_words(str(error))


def _rows(service: Service, sent: list[dict[str, str]]) -> None:
    rows = scored_rows(service.artifact, [Row(number, cells) for number, cells in enumerate(sent, 1)], "en")
    for row in rows:
        if row.error:
            check_words(row.error)
        else:
            assert row.probability is not None
            assert 0 < row.probability < 1


def _typed(words: str, language: Any) -> None:
    read_number(words, language)
    number = read_typed(words, language)
    if number is not None and abs(number) < LARGEST:
        for shown in LANGUAGES:
            again = read_typed(written(number, shown), shown)
            # In French, three digits after a comma may be thousands, too.
            assert again == number or (again is None and shown == "fr"), (number, again)


def _kept(sent: object) -> None:
    try:
        read_kept(sent, "en")
    except ScoringError as error:
        check_words(str(error))
