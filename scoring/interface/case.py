"""One request's view of the page: the applicant, the changes and the language.

The page itself (in the browser) stores the applicant's id, the form's entries and the last valid changes; between
requests the server keeps only recently drawn figures, without the applicants' identity.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from scoring.answers.applicant import Confidence, Explanation, HistoryMove, Offer, Reason, Recourse, Score
from scoring.applicants.applicant import Applicant
from scoring.applicants.inputs import checked_history
from scoring.applicants.scenarios import HistoryChange
from scoring.assessment.assessment import history_moves
from scoring.assessment.confidence import confidence
from scoring.assessment.explanation import favourable_reasons
from scoring.assessment.offers import counter_offers
from scoring.cases.evidence import digest_of
from scoring.errors import InvalidInputError
from scoring.interface.form import Entry, changes_of, lacking
from scoring.schema.definition import Raw
from scoring.serving.service import (
    Assessment,
    Service,
    assess,
    explain,
    find_applicant,
    recourse_of,
    score,
    with_responsiveness,
)
from scoring.words.language import Language

# Stands among a case's problems for its credit history.
HISTORY = "history"

# What an event changes: component -> its new properties (value, label, choices...).
Shown = dict[Any, dict[str, Any]]


def together(*parts: Shown) -> Shown:
    """Merges changes of the page; the later value of a property wins."""
    shown: Shown = {}
    for part in parts:
        for component, properties in part.items():
            shown[component] = {**shown.get(component, {}), **properties}
    return shown


@dataclass(frozen=True)
class Case:
    """An applicant on the page, with changes of the application and, in `history`, of the credit history.

    `problems` says by field what is not allowed; the last valid changes then apply.
    """

    service: Service
    language: Language
    applicant: Applicant
    changes: dict[str, Raw]
    problems: dict[str, str] = field(default_factory=dict)
    history: tuple[HistoryChange, ...] = ()

    @property
    def problem(self) -> str:
        """What is not allowed among the entries; "" if all of them are."""
        return " ".join(self.problems.values())

    @property
    def lacks(self) -> list[str]:
        """Labels of the required fields that are still empty: until they are filled, nothing can be scored."""
        return lacking(self.applicant.raw, self.changes, self.language)

    @property
    def is_new(self) -> bool:
        """Whether this is a new application rather than an applicant on file."""
        return self.applicant.applicant_id is None

    @property
    def requested(self) -> Applicant:
        """The applicant with the changes."""
        return replace(self.applicant, raw={**self.applicant.raw, **self.changes})

    @property
    def is_changed(self) -> bool:
        """Whether anything is not as on file."""
        return bool(self.changes or self.history)

    @property
    def moves(self) -> list[HistoryMove]:
        """The changes of the credit history as answers tell of them."""
        return history_moves(self.history, self.language)

    def with_changes(self, changes: dict[str, Raw], history: tuple[HistoryChange, ...] = ()) -> Case:
        """The same applicant with other changes, all of which are allowed."""
        return replace(self, changes=changes, problems={}, history=history)

    def with_stored_history(self, moves: object) -> Case:
        """The same with changes of the credit history as the page stored them, or what is wrong with these.

        They are wrong if another file of applicants is served meanwhile, or if somebody wrote the address.
        """
        try:
            return replace(self, history=checked_history(moves, self.applicant.scenarios, self.language))
        except InvalidInputError as error:
            return replace(self, problems={**self.problems, HISTORY: str(error)})

    @cached_property
    def digest(self) -> str:
        """Identifies the application as on file."""
        return digest_of(self.applicant)

    @cached_property
    def assessment(self) -> Assessment:
        """The applicant with the changes, as the model sees them."""
        return assess(self.service, self.applicant.applicant_id, self.changes, self.language, steps_of(self.history))

    @cached_property
    def score(self) -> Score:
        """The decision with the changes."""
        return score(self.service, self.assessment)

    @cached_property
    def score_on_file(self) -> Score | None:
        """The decision without the changes; None for a new application."""
        if self.is_new:
            return None
        if not self.is_changed:
            return self.score
        return score(self.service, assess(self.service, self.applicant.applicant_id, {}, self.language))

    @cached_property
    def recourse(self) -> Recourse:
        """The least burdensome allowed changes, on top of those at work, that reach approval."""
        return recourse_of(self.service, self.assessment)

    @cached_property
    def offers(self) -> list[Offer]:
        """The loans at today's rate that the lender could offer instead."""
        return counter_offers(self.service.artifact, self.assessment)

    @cached_property
    def confidence(self) -> Confidence:
        """How sure the probability is."""
        return confidence(self.service.artifact, self.assessment)

    @cached_property
    def reasons(self) -> list[Reason]:
        """The reasons against, and those in favour that rest on other facts."""
        against, own = with_responsiveness(self.score, self.recourse).reasons, self.assessment
        population = self.service.artifact.population
        favour = favourable_reasons(own.values, own.contributions, population, self.language, against)
        return [*against, *favour]

    @cached_property
    def explanation(self) -> Explanation:
        """What moves the applicant away from the just accepted."""
        return explain(self.service, self.assessment)


def kept(case: Case) -> dict[str, Any]:
    """For the page to store: the applicant's id, the last valid changes, and the language of its numbers."""
    return {
        "applicant_id": case.applicant.applicant_id,
        "changes": case.changes,
        "history": steps_of(case.history),
        "language": case.language,
    }


def steps_of(history: Iterable[HistoryChange]) -> list[dict[str, Any]]:
    """Changes of the credit history as they are named to `assess`, in the page's store and in an order."""
    return [{"scenario": change.step.scenario, "parameter": change.step.parameter} for change in history]


def fresh_case(service: Service, applicant_id: object, language: Language) -> Case:
    """An applicant as on file, or an empty new application.

    Raises:
        ScoringError: no applicant with that id is on file.
    """
    return Case(service, language, find_applicant(service, applicant_id, language), {})


def read_case(
    service: Service,
    language: Language,
    chosen: dict[str, Any] | None,
    last: dict[str, Any] | None,
    entries: Sequence[Entry],
) -> Case | None:
    """The case that the page shows.

    Args:
        service: what is served.
        language: of the page.
        chosen: {"applicant_id": id or None}, or None while no applicant is chosen.
        last: the last valid changes, as `kept` wrote them.
        entries: what the form shows now, written in the language of `last`: the page's own may have changed since.
    """
    if chosen is None:
        return None
    fresh = fresh_case(service, chosen["applicant_id"], language)
    own = last if last is not None and last["applicant_id"] == chosen["applicant_id"] else None
    typed_in = own.get("language", language) if own else language
    entered = changes_of(fresh.applicant.raw, entries, fresh.is_new, language, typed_in)
    changes = entered.changes if not entered.problems else own["changes"] if own else {}
    case = replace(fresh, changes=changes, problems=entered.problems)
    return case.with_stored_history(own.get("history")) if own else case
