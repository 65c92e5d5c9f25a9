"""The named endpoints: thin, typed wrappers of the functions that the screen uses too.

Gradio passes values on as they were sent; `scoring` checks each of them, and its errors become messages here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from functools import wraps
from typing import Any, Literal, ParamSpec

import gradio as gr

from scoring.answers import PopulationName
from scoring.assessment.comparison import compare
from scoring.assessment.recourse import recourse
from scoring.assessment.scatter import scatter
from scoring.assessment.similar import similar
from scoring.errors import ScoringError
from scoring.serving.description import describe, find_applicants
from scoring.serving.live import Serving
from scoring.serving.service import assess, commented, explain

Asked = ParamSpec("Asked")
Answer = dict[str, Any]


def answering(function: Callable[Asked, Any]) -> Callable[Asked, Any]:
    """Passes on errors that a caller can fix as their message, without a traceback in the log."""

    @wraps(function)
    def answer(*args: Asked.args, **kwargs: Asked.kwargs) -> Any:
        try:
            return function(*args, **kwargs)
        except ScoringError as error:
            raise gr.Error(str(error), print_exception=False) from None

    return answer


def add_endpoints(serving: Serving) -> None:
    """Declares the endpoints, from /applicants to /model, inside the current Blocks.

    Each call reads the service once, so that a newer version cannot replace it halfway.
    """

    @answering
    def applicants(query: str = "", limit: int = 20) -> list[Answer]:
        """The first applicants on file whose id begins with the digits of `query`."""
        return find_applicants(serving.state.service, query, limit)

    @answering
    def score_applicant(
        applicant_id: int | None = None, changes: dict[str, Any] | None = None, language: Literal["en", "fr"] = "en"
    ) -> Answer:
        """The recommended decision, the probability of default, and why, in words."""
        service = serving.state.service
        return asdict(commented(service, assess(service, applicant_id, changes, language)))

    @answering
    def explain_applicant(
        applicant_id: int | None = None, changes: dict[str, Any] | None = None, language: Literal["en", "fr"] = "en"
    ) -> Answer:
        """What moves the applicant away from the just accepted ones: contributions to the log-odds, by theme."""
        service = serving.state.service
        return asdict(explain(service, assess(service, applicant_id, changes, language)))

    @answering
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

    @answering
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

    @answering
    def recourse_of_applicant(
        applicant_id: int | None = None, changes: dict[str, Any] | None = None, language: Literal["en", "fr"] = "en"
    ) -> Answer:
        """The smallest allowed changes to the loan that reach approval, each scored anew."""
        service = serving.state.service
        return asdict(recourse(service.artifact, assess(service, applicant_id, changes, language)))

    @answering
    def similar_to_applicant(
        applicant_id: int | None = None, changes: dict[str, Any] | None = None, language: Literal["en", "fr"] = "en"
    ) -> Answer:
        """The past applicants whom the model treats most like this one, with what became of their loans."""
        service = serving.state.service
        return asdict(similar(service.artifact, assess(service, applicant_id, changes, language)))

    @answering
    def model() -> Answer:
        """The served model: identity, metrics, decision rule, and the fields of an application."""
        return asdict(describe(serving.state.service))

    endpoints = {
        "applicants": applicants,
        "score": score_applicant,
        "explain": explain_applicant,
        "compare": compare_applicant,
        "scatter": scatter_of_applicant,
        "recourse": recourse_of_applicant,
        "similar": similar_to_applicant,
        "model": model,
    }
    for name, function in endpoints.items():
        gr.api(function, api_name=name, api_description=function.__doc__)
