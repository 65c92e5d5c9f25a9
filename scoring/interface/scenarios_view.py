"""Scenarios: up to three sets of changes to one application, kept side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from scoring.applicants.in_words import field_in_words, field_label
from scoring.applicants.loan import loan_terms
from scoring.documents.loan_words import terms_in_words
from scoring.interface.case import Case
from scoring.interface.html import element, icon, page, scrolling, words
from scoring.schema.definition import Raw
from scoring.words.language import Language
from scoring.words.wording import digits_apart, percent, text

MOST = 3
Changes = Mapping[str, Raw]


def scenarios_of(kept: Mapping[str, Any] | None, applicant_id: int | None) -> list[dict[str, Raw]]:
    """The scenarios that the page holds for an applicant; another applicant's are none."""
    return list(kept["changes"]) if kept and kept["applicant_id"] == applicant_id else []


def stored(case: Case, scenarios: Sequence[Changes]) -> dict[str, Any]:
    """The scenarios of a case as the page stores them."""
    return {"applicant_id": case.applicant.applicant_id, "changes": [dict(changes) for changes in scenarios]}


def can_keep(case: Case, scenarios: Sequence[Changes]) -> bool:
    """Whether the present changes can be kept beside these; a scenario is of the application alone."""
    return bool(case.changes) and not case.history and case.changes not in scenarios and len(scenarios) < MOST


def scenarios_html(case: Case, scenarios: Sequence[Changes]) -> str:
    """The scenarios side by side, under a button that keeps the present one; nothing where there is none to keep."""
    language = case.language
    keeps = can_keep(case, scenarios)
    if not scenarios and not keeps:
        return ""
    title = words("h3", text("scenario.title", language))
    keep = _button("keep", text("scenario.keep", language)) if keeps else ""
    full = words("p", text("scenario.full", language, most=MOST), "cs-small") if len(scenarios) == MOST else ""
    table = scrolling(_table(case, scenarios), text("scenario.title", language)) if scenarios else ""
    return page([title, table, full, keep], language, "cs-card cs-scenarios")


def _probability(case: Case) -> str:
    probability = case.assessment.probability
    return percent(probability, case.language, digits_apart(probability, case.assessment.decision.limits))


def _button(command: str, label: str, spoken: str = "") -> str:
    return element("button", words("span", label), "cs-button", type="button", data_scenario=command, aria_label=spoken)


def _table(case: Case, scenarios: Sequence[Changes]) -> str:
    """A column for each scenario: decision, probability, each field that any of them changes, and the loan's terms."""
    language, places = case.language, range(len(scenarios))
    cases = [case.with_changes(dict(changes)) for changes in scenarios]
    names = [text("scenario.name", language, letter=chr(ord("A") + place)) for place in places]
    probabilities = [words("b", _probability(each)) for each in cases]
    rows = [
        (text("curve.decision", language), [_decided(each) for each in cases]),
        (text("chart.probability", language), probabilities),
    ]
    for name in dict.fromkeys(name for changes in scenarios for name in changes):
        cells = [words("span", field_in_words(name, each.requested.raw[name], language)) for each in cases]
        rows.append((field_label(name, language), cells))
    terms = [words("span", terms_in_words(loan_terms(each.requested), language)) for each in cases]
    actions = [_actions(place, names[place], language) for place in places]
    rows += [(text("curve.terms", language), terms), (text("scenario.actions", language), actions)]
    head = element("td", "") + "".join(element("th", words("span", name), scope="col") for name in names)
    body = "".join(
        element("tr", element("th", words("span", label), scope="row") + "".join(element("td", cell) for cell in cells))
        for label, cells in rows
    )
    return element("table", element("thead", element("tr", head)) + element("tbody", body), "cs-table")


def _decided(case: Case) -> str:
    outcome = case.assessment.decision.outcome
    shown = icon(outcome) + words("span", text(f"decision.{outcome}", case.language))
    return element("span", shown, f"cs-decided cs-{outcome}")


def _actions(place: int, name: str, language: Language) -> str:
    return "".join(
        _button(f"{command} {place}", label, text("chart.item", language, label=label, value=name))
        for command in ("open", "drop")
        for label in [text(f"scenario.{command}", language)]
    )
