"""The named endpoints: thin, typed wrappers of the functions that the screen uses too.

Gradio passes values on as they were sent; `scoring` checks each of them, and its errors become messages here.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import asdict
from functools import partial, wraps
from typing import Any, Literal

import gradio as gr

from scoring.answers.population import PopulationName
from scoring.applicants.inputs import checked_language
from scoring.assessment.comparison import compare
from scoring.assessment.curve import curve
from scoring.assessment.scatter import scatter
from scoring.assessment.similar import similar
from scoring.cases.orders import Order
from scoring.cases.reading import checked_filter, read_entries
from scoring.cases.steps import decide, record_score
from scoring.errors import ScoringError
from scoring.interface.refused import refused
from scoring.interface.who import person_of, require
from scoring.interface.workplace import Workplace
from scoring.operations.turns import CallTurns
from scoring.people import Action, Person
from scoring.serving.description import describe, find_applicants
from scoring.serving.service import answered, assess, checked_detail, explain, recourse_with_offers

Answer = dict[str, Any]


def answering(
    action: Action | None, function: Callable[..., Any], with_person: bool, turns: CallTurns
) -> Callable[..., Any]:
    """An endpoint as gradio calls it: only for callers who may do this, and with errors as their message.

    Args:
        action: what the caller must be allowed to do; None: nothing beyond being let in.
        function: the endpoint.
        with_person: whether its first parameter is who calls.
        turns: in which it works, whether gradio queued the call or not.
    """

    @wraps(function)
    async def answer(request: gr.Request, *args: Any, **kwargs: Any) -> Any:
        try:
            person = person_of(request)
            if action:
                require(person, action, "en")
            return await turns.take(partial(function, *([person] if with_person else []), *args, **kwargs))
        except ScoringError as error:
            raise refused(request, error) from None

    declared = inspect.signature(function)
    own = list(declared.parameters.values())[1 if with_person else 0 :]
    caller = inspect.Parameter("request", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=gr.Request)
    answer.__signature__ = declared.replace(parameters=[caller, *own])  # type: ignore[attr-defined]
    answer.__annotations__ = {**function.__annotations__, "request": gr.Request}
    return answer


def add_endpoints(workplace: Workplace, turns: CallTurns) -> None:
    """Declares the endpoints, from /applicants to /journal, inside the current Blocks.

    Each call reads the service once, so that a newer version cannot replace it halfway.

    Args:
        workplace: what they work with.
        turns: in which their calls work.
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
        return asdict(scored)

    def explain_applicant(
        applicant_id: int | None = None, changes: dict[str, Any] | None = None, language: Literal["en", "fr"] = "en"
    ) -> Answer:
        """What moves the applicant away from the just accepted ones: contributions to the log-odds, by theme."""
        service = serving.state.service
        return asdict(explain(service, assess(service, applicant_id, changes, language)))

    def compare_applicant(
        applicant_id: int | None = None,
        changes: dict[str, Any] | None = None,
        language: Literal["en", "fr"] = "en",
        characteristic: str = "",
        population: PopulationName = "accepted",
    ) -> Answer:
        """Where the applicant stands in a population on one characteristic."""
        service = serving.state.service
        return asdict(
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
        return asdict(
            scatter(service.artifact, assess(service, applicant_id, changes, language), across, up, population)
        )

    def recourse_of_applicant(
        applicant_id: int | None = None, changes: dict[str, Any] | None = None, language: Literal["en", "fr"] = "en"
    ) -> Answer:
        """What the applicant can do to be approved: the loan and the credit history, each plan scored anew."""
        service = serving.state.service
        return asdict(recourse_with_offers(service, assess(service, applicant_id, changes, language)))

    def similar_to_applicant(
        applicant_id: int | None = None, changes: dict[str, Any] | None = None, language: Literal["en", "fr"] = "en"
    ) -> Answer:
        """The past applicants whom the model treats most like this one, with what became of their loans."""
        service = serving.state.service
        return asdict(similar(service.artifact, assess(service, applicant_id, changes, language)))

    def curve_of_applicant(
        applicant_id: int | None = None,
        changes: dict[str, Any] | None = None,
        language: Literal["en", "fr"] = "en",
        field: str = "",
        keep: Literal["instalment", "term"] = "instalment",
    ) -> Answer:
        """The probability of default along one field, all else as it is."""
        service = serving.state.service
        return asdict(curve(service.artifact, assess(service, applicant_id, changes, language), field, keep))

    def model() -> Answer:
        """The served model: identity, metrics, decision rule, and the fields of an application."""
        return asdict(describe(serving.state.service))

    def decide_on_applicant(
        person: Person,
        applicant_id: int | None = None,
        changes: dict[str, Any] | None = None,
        outcome: Literal["approve", "refer", "refuse"] | None = None,
        reason_code: str = "",
        note: str = "",
        told_reasons: list[str] | None = None,
        language: Literal["en", "fr"] = "en",
    ) -> Answer:
        """Records the caller's decision in the journal; answered only when it is on disk."""
        spoken = checked_language(language)
        order = Order(applicant_id, changes, outcome, reason_code, note, told_reasons, language=spoken)
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

    endpoints: dict[str, tuple[Action | None, Callable[..., Any], bool]] = {
        "applicants": ("read", applicants, False),
        "score": ("read", score_applicant, True),
        "explain": ("read", explain_applicant, False),
        "compare": ("read", compare_applicant, False),
        "scatter": ("read", scatter_of_applicant, False),
        "recourse": ("read", recourse_of_applicant, False),
        "similar": ("read", similar_to_applicant, False),
        "curve": ("read", curve_of_applicant, False),
        "model": (None, model, False),
        "decide": ("decide", decide_on_applicant, True),
        "journal": (None, journal, True),
    }
    for name, (action, function, with_person) in endpoints.items():
        endpoint = answering(action, function, with_person, turns)
        # A queued call takes a second request to fetch its answer; `turns` bounds those that are not.
        gr.api(endpoint, api_name=name, api_description=function.__doc__, queue=False)
