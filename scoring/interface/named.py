"""What the app answers by name: one table of functions, which gradio's endpoints, MCP's tools and OpenAPI are made of.

Values come as they were sent; `scoring` checks each of them.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal

from pydantic_core import to_jsonable_python

from scoring.answers.applicant import Curve, Explanation, RecourseAnswer, ScoreAnswer
from scoring.answers.model import ModelDescription
from scoring.answers.population import Comparison, PopulationName, Scatter, Similar
from scoring.applicants.inputs import checked_language
from scoring.assessment.comparison import compare
from scoring.assessment.curve import curve
from scoring.assessment.scatter import scatter
from scoring.assessment.similar import similar
from scoring.cases.orders import Order
from scoring.cases.reading import checked_filter, read_entries
from scoring.cases.steps import Recorded, decide, record_score
from scoring.errors import ScoringError
from scoring.interface.workplace import Workplace
from scoring.people import Action, Person
from scoring.serving.description import describe, find_applicants
from scoring.serving.service import answered, assess, checked_detail, explain, recourse_with_offers, short_scores

Answer = dict[str, Any]


@dataclass(frozen=True)
class Short:
    """Calls that take but a millisecond or two, several of which are answered in one go.

    Args:
        includes: whether a call with these inputs, in their order, is one.
        answers: from the inputs of several to the answer of each, or the error that its caller gets.
    """

    includes: Callable[..., bool]
    answers: Callable[[list[tuple[Any, ...]]], list[Any]]


@dataclass(frozen=True)
class Endpoint:
    """One of them.

    Args:
        action: what the caller must be allowed to do; None: nothing beyond being let in.
        function: from inputs by name to an answer that is sent as JSON.
        answer: the type that the answer has before it is made a dict.
        with_person: whether the function's first parameter is who calls.
        short: those of its calls that take but a millisecond or two.
    """

    action: Action | None
    function: Callable[..., Any]
    answer: Any
    with_person: bool = False
    short: Short | None = None

    @property
    def inputs(self) -> dict[str, inspect.Parameter]:
        """Its inputs by name, in their order."""
        declared = inspect.signature(self.function, eval_str=True).parameters
        return dict(list(declared.items())[1 if self.with_person else 0 :])

    def call(self, person: Person, *inputs: Any, **named: Any) -> Callable[[], Any]:
        """The call by this person, still to be made."""
        return partial(self.function, *([person] if self.with_person else []), *inputs, **named)


def named_endpoints(workplace: Workplace) -> dict[str, Endpoint]:
    """The endpoints by name, from applicants to journal.

    Each call reads the service once, so that a newer version cannot replace it halfway.
    """
    serving = workplace.serving

    def applicants(query: str = "", limit: int = 20) -> list[Answer]:
        """The first applicants on file whose id begins with the digits of `query`."""
        return find_applicants(serving.state.service, query, limit)

    def score_applicant(
        person: Person,
        applicant_id: int | None = None,
        changes: dict[str, Any] | None = None,
        language: Literal["en", "fr"] = "en",
        detail: Literal["full", "short"] = "full",
    ) -> Answer:
        """The recommended decision, the probability of default, and why, in words."""
        service, wanted = serving.state.service, checked_detail(detail)
        assessment = assess(service, applicant_id, changes, language)
        scored = answered(service, assessment, wanted)
        if workplace.record_scores:
            record_score(workplace.desk, service, person, assessment, scored)
        return to_jsonable_python(scored)

    def is_short(_id: Any = None, _changes: Any = None, _language: Any = "en", detail: Any = "full") -> bool:
        # An entry of the journal waits for the disk.
        return detail == "short" and not workplace.record_scores

    def scores(calls: list[tuple[Any, ...]]) -> list[Answer | ScoringError]:
        found = short_scores(serving.state.service, [inputs[:3] for inputs in calls])
        return [each if isinstance(each, ScoringError) else to_jsonable_python(each) for each in found]

    def explain_applicant(
        applicant_id: int | None = None, changes: dict[str, Any] | None = None, language: Literal["en", "fr"] = "en"
    ) -> Answer:
        """What moves the applicant away from the just accepted ones: contributions to the log-odds, by theme."""
        service = serving.state.service
        return to_jsonable_python(explain(service, assess(service, applicant_id, changes, language)))

    def compare_applicant(
        applicant_id: int | None = None,
        changes: dict[str, Any] | None = None,
        language: Literal["en", "fr"] = "en",
        characteristic: str = "",
        population: PopulationName = "accepted",
    ) -> Answer:
        """Where the applicant stands in a population on one characteristic."""
        service = serving.state.service
        return to_jsonable_python(
            compare(service.artifact, assess(service, applicant_id, changes, language), characteristic, population)
        )

    def scatter_of_applicant(
        applicant_id: int | None = None,
        changes: dict[str, Any] | None = None,
        language: Literal["en", "fr"] = "en",
        across: str = "",
        up: str = "",
        population: PopulationName = "accepted",
    ) -> Answer:
        """Where the applicant stands in a population on two quantities, with what became of the loans."""
        service = serving.state.service
        return to_jsonable_python(
            scatter(service.artifact, assess(service, applicant_id, changes, language), across, up, population)
        )

    def recourse_of_applicant(
        applicant_id: int | None = None, changes: dict[str, Any] | None = None, language: Literal["en", "fr"] = "en"
    ) -> Answer:
        """What the applicant can do to be approved: the loan and the credit history, each plan scored anew."""
        service = serving.state.service
        return to_jsonable_python(recourse_with_offers(service, assess(service, applicant_id, changes, language)))

    def similar_to_applicant(
        applicant_id: int | None = None, changes: dict[str, Any] | None = None, language: Literal["en", "fr"] = "en"
    ) -> Answer:
        """The past applicants whom the model treats most like this one, with what became of their loans."""
        service = serving.state.service
        return to_jsonable_python(similar(service.artifact, assess(service, applicant_id, changes, language)))

    def curve_of_applicant(
        applicant_id: int | None = None,
        changes: dict[str, Any] | None = None,
        language: Literal["en", "fr"] = "en",
        field: str = "",
        keep: Literal["instalment", "term"] = "instalment",
    ) -> Answer:
        """The probability of default along one field, all else as it is."""
        service = serving.state.service
        return to_jsonable_python(
            curve(service.artifact, assess(service, applicant_id, changes, language), field, keep)
        )

    def model() -> Answer:
        """The served model: identity, metrics, decision rule, and the fields of an application."""
        return to_jsonable_python(describe(serving.state.service))

    def decide_on_applicant(
        person: Person,
        applicant_id: int | None = None,
        changes: dict[str, Any] | None = None,
        outcome: Literal["approve", "refer", "refuse"] | None = None,
        reason_code: str = "",
        note: str = "",
        told_reasons: list[str] | None = None,
        language: Literal["en", "fr"] = "en",
        history: list[dict[str, Any]] | None = None,
    ) -> Answer:
        """Records the caller's decision in the journal; answered only when it is on disk."""
        spoken = checked_language(language)
        order = Order(applicant_id, changes, outcome, reason_code, note, told_reasons, language=spoken, history=history)
        service = serving.state.service
        recorded = decide(workplace.desk, service, person, order, workplace.colleagues())
        time = recorded.time.isoformat(timespec="microseconds")
        return {"entry": recorded.entry, "hash": recorded.hash, "time": time, "state": recorded.state}

    def journal(
        person: Person,
        applicant_id: int | None = None,
        kind: str | None = None,
        by: str | None = None,
        since: str | None = None,
        until: str | None = None,
        after: int = 0,
        limit: int = 100,
    ) -> list[Answer]:
        """Entries of the journal in order: the caller's own; a reviewer's: everybody's. `after`: the last one seen."""
        wanted = checked_filter(applicant_id, kind, by, since, until, after, limit)
        return read_entries(workplace.desk.journal, person, wanted)

    return {
        "applicants": Endpoint("read", applicants, list[Answer]),
        "score": Endpoint("read", score_applicant, ScoreAnswer, with_person=True, short=Short(is_short, scores)),
        "explain": Endpoint("read", explain_applicant, Explanation),
        "compare": Endpoint("read", compare_applicant, Comparison),
        "scatter": Endpoint("read", scatter_of_applicant, Scatter),
        "recourse": Endpoint("read", recourse_of_applicant, RecourseAnswer),
        "similar": Endpoint("read", similar_to_applicant, Similar),
        "curve": Endpoint("read", curve_of_applicant, Curve),
        "model": Endpoint(None, model, ModelDescription),
        "decide": Endpoint("decide", decide_on_applicant, Recorded, with_person=True),
        "journal": Endpoint(None, journal, list[Answer], with_person=True),
    }
