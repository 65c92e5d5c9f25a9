"""The list of applications: counts by state, filters, a table sorted and paged on the server, and what comes next."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from html import escape
from typing import Any

import gradio as gr
from babel.dates import format_date

from scoring.artifact.load import Artifact
from scoring.artifact.model import log_odds_of
from scoring.decision.in_words import points_in_words
from scoring.decision.rule import OUTCOMES
from scoring.interface.case import Shown
from scoring.interface.html import element, icon, notice, page, scrolling, words
from scoring.interface.stored import Order, of_shape
from scoring.words.language import Language
from scoring.words.wording import LOCALES, amount, number, percent, text
from scoring.worklist.filter import LONGEST_DUE_DAYS, RECOMMENDATIONS, SORTS, Filter
from scoring.worklist.query import Page, Row
from scoring.worklist.states import ANY_SUPERVISOR, STATES

PAGE_SIZE = 20
REDRAW_SECONDS = 3
MOST_TYPED = 19
NUMBER = re.compile(r"\d+(\.\d*)?", re.ASCII)
# What the table shows, in order; the date only where any is known.
COLUMNS = ("id", "date", "amount", "instalment", "probability", "missing")
LABELS = {"date": "list.applied"}


def _command(content: str, command: str, classes: str = "", **attributes: str) -> str:
    """A button that sends a command to the server."""
    return element("button", content, f"cs-command {classes}".strip(), type="button", data_do=command, **attributes)


def _chips(found: Page, wanted: Filter, language: Language) -> str:
    """The states with their counts; one click shows only these."""
    every = not wanted.states
    chips = [_chip("list.all", sum(found.counts.values()), "all", every, language)]
    chips += [
        _chip(f"case.state.{state}", found.counts[state], state, wanted.states == {state}, language) for state in STATES
    ]
    return element("div", "".join(chips), "cs-chips", role="group", aria_label=text("list.state", language))


def _chip(key: str, count: int, state: str, chosen: bool, language: Language) -> str:
    label = words("span", text(key, language)) + words("b", number(count, language, 0))
    return _command(label, f"state {state}", "cs-chip", aria_pressed="true" if chosen else "false")


def _head(wanted: Filter, columns: tuple[str, ...], language: Language) -> str:
    cells = []
    for column in columns:
        label = text(LABELS.get(column, f"list.{column}"), language)
        if column == wanted.sort:
            arrow = "↓" if wanted.descending else "↑"
            arrow_label = text("list.sorted_down" if wanted.descending else "list.sorted_up", language)
            inner = words("span", label) + element("span", arrow, "", aria_label=arrow_label, role="img")
        else:
            inner = words("span", label)
        order = {"aria_sort": "descending" if wanted.descending else "ascending"} if column == wanted.sort else {}
        cells.append(element("th", _command(inner, f"sort {column}"), f"cs-col-{column}", scope="col", **order))
    for key in ("list.recommendation", "list.state"):
        cells.append(element("th", words("span", text(key, language)), "", scope="col"))
    return element("tr", "".join(cells))


def _state(row: Row, language: Language) -> str:
    """The state, and whose it is."""
    holder = text("case.a_supervisor", language) if row.holder == ANY_SUPERVISOR else row.holder
    key = "list.by" if row.state in ("decided", "expired") else "list.with"
    holder_note = text(key, language, person=holder) if holder and row.state != "mine" else ""
    due = ""
    if row.due:
        due = f"{text('list.due_on', language)} {format_date(row.due, 'short', locale=LOCALES[language])}"
    more = " · ".join(part for part in (holder_note, due) if part)
    return words("span", text(f"case.state.{row.state}", language)) + (words("small", more) if more else "")


def _row(row: Row, columns: tuple[str, ...], artifact: Artifact, language: Language) -> str:
    def cell(value: Any, shown: str, column: str) -> str:
        return words("td", shown if value is not None else "–", f"cs-col-{column}")

    applicant = str(row.applicant_id)
    link = element(
        "a", escape(applicant), href=f"?applicant={applicant}&language={language}", data_do=f"open {applicant}"
    )
    cells = {
        "id": element("th", link, "cs-col-id", scope="row"),
        "date": cell(
            row.applied, format_date(row.applied, "short", locale=LOCALES[language]) if row.applied else "", "date"
        ),
        "amount": cell(row.amount, amount(row.amount or 0.0, language), "amount"),
        "instalment": cell(row.instalment, amount(row.instalment or 0.0, language), "instalment"),
        "probability": _probability(row, artifact, language),
        "missing": words("td", str(row.missing), "cs-col-missing"),
    }
    if row.recommendation is None:
        recommended = words("td", text("list.cannot_score", language), "cs-small")
    else:
        named = words("span", text(f"decision.{row.recommendation}", language))
        recommended = element("td", icon(row.recommendation) + named, f"cs-recommended cs-{row.recommendation}")
    state = element("td", _state(row, language), "cs-state")
    return element("tr", "".join(cells[column] for column in columns) + recommended + state)


def _probability(row: Row, artifact: Artifact, language: Language) -> str:
    """The probability with its points, whose order is the same."""
    if row.probability is None:
        return words("td", "–", "cs-col-probability")
    points = float(artifact.points.points(log_odds_of(row.probability)))
    carried = points_in_words(points, artifact.bands.name(points, language), language, "points.short")
    # The probability comes last: figures are aligned to the right.
    shown = words("span", percent(row.probability, language))
    return element("td", f"{words('small', carried)} {shown}", "cs-col-probability")


def _pages(found: Page, wanted: Filter, language: Language) -> str:
    if not found.total:
        return words("p", text("list.nothing", language))
    first = (wanted.page - 1) * wanted.page_size + 1
    last = first + len(found.rows) - 1
    position = text(
        "list.page",
        language,
        first=number(first, language, 0),
        last=number(last, language, 0),
        total=number(found.total, language, 0),
    )
    parts = [words("span", position)]
    if wanted.page > 1:
        parts.insert(0, _command(words("span", text("list.previous_page", language)), f"page {wanted.page - 1}"))
    if last < found.total:
        parts.append(_command(words("span", text("list.next_page", language)), f"page {wanted.page + 1}"))
    return element("nav", "".join(parts), "cs-pages")


def worklist_html(found: Page, wanted: Filter, artifact: Artifact, language: Language) -> str:
    """Counts, table and pages."""
    columns = tuple(column for column in COLUMNS if column != "date" or found.dated)
    body = "".join(_row(row, columns, artifact, language) for row in found.rows)
    title = text("list.title", language)
    head = element("thead", _head(wanted, columns, language))
    table = element("table", words("caption", title) + head + element("tbody", body), "cs-table cs-list")
    parts = [_chips(found, wanted, language)]
    if found.progress < 1:
        parts.append(notice(text("list.progress", language, share=percent(found.progress, language, 0)), language))
    parts += [scrolling(table, title)] if found.rows else []
    return page([*parts, _pages(found, wanted, language)], language, "cs-worklist")


def _recommendations(language: Language) -> list[tuple[str, str]]:
    """The menu's choices: any, or one."""
    named = [(f"decision.{name}" if name in OUTCOMES else "list.cannot_score", name) for name in RECOMMENDATIONS]
    return [(text(key, language), name) for key, name in [("list.any", ""), *named]]


class WorklistView:
    """The components of the list and what they show.

    The page stores `order` (states, sort, direction and page as JSON); the other filters are entries of their own.
    """

    def __init__(self, language: Language) -> None:
        self.order = of_shape(gr.JSON(visible=False), Order | None)
        # While applications are being scored, the list is drawn again by itself.
        self.timer = gr.Timer(REDRAW_SECONDS, active=False)
        with gr.Column(visible=True, elem_id="worklist") as self.column:
            with gr.Row(elem_classes="cs-filters"):
                self.recommendation = gr.Dropdown(
                    _recommendations(language), value="", elem_id="filter-recommendation", min_width=150
                )
                # Text, not numbers: gradio shows an empty number as 0.
                self.least = gr.Textbox("", elem_id="filter-least", max_length=MOST_TYPED, min_width=110)
                self.most = gr.Textbox("", elem_id="filter-most", max_length=MOST_TYPED, min_width=110)
                self.due = gr.Textbox("", elem_id="filter-due", max_length=MOST_TYPED, min_width=110)
                self.search = gr.Textbox("", elem_id="filter-id", max_length=MOST_TYPED, min_width=130)
            self.view = gr.HTML(apply_default_css=False, elem_id="worklist-view")

    @property
    def filters(self) -> list[Any]:
        """The entries that narrow the list."""
        return [self.recommendation, self.least, self.most, self.due, self.search]

    @property
    def remembered(self) -> list[Any]:
        """What the page sends with every event."""
        return [self.order, *self.filters]

    @property
    def shown(self) -> list[Any]:
        """What events may change."""
        return [self.order, *self.filters, self.view, self.column, self.timer]

    def relabel(self, language: Language) -> Shown:
        """The filters' labels in a language."""
        return {
            self.recommendation: {
                "choices": _recommendations(language),
                "label": text("list.recommendation", language),
            },
            self.least: {"label": text("list.least", language)},
            self.most: {"label": text("list.most", language)},
            self.due: {"label": text("list.due", language)},
            self.search: {"label": text("list.search", language)},
        }

    def wanted(self, values: Mapping[Any, Any]) -> Filter:
        """What the filters ask for; an entry that means nothing yet is as if it were empty."""
        kept = values[self.order]
        order = kept if isinstance(kept, dict) else {}
        page = order.get("page")
        search = (values[self.search] or "").strip()
        recommendation = values[self.recommendation]
        due = _typed(values[self.due])
        return Filter(
            states=frozenset(state for state in STATES if state in (order.get("states") or [])),
            recommendations=frozenset({recommendation} & set(RECOMMENDATIONS)),
            least_amount=_typed(values[self.least]),
            most_amount=_typed(values[self.most]),
            id_prefix=search if search.isascii() and search.isdigit() else "",
            due_within_days=min(int(due), LONGEST_DUE_DAYS) if due and due >= 1 else None,
            sort=next((sort for sort in SORTS if sort == order.get("sort")), SORTS[0]),
            descending=bool(order.get("descending", False)),
            page=page if isinstance(page, int) and page > 0 else 1,
            page_size=PAGE_SIZE,
        )

    def draw(self, found: Page, wanted: Filter, artifact: Artifact, language: Language) -> Shown:
        """A page of the list."""
        order = {
            "states": sorted(wanted.states),
            "sort": wanted.sort,
            "descending": wanted.descending,
            "page": wanted.page,
        }
        return {
            self.order: {"value": order},
            self.view: {"value": worklist_html(found, wanted, artifact, language)},
            self.timer: {"active": found.progress < 1},
        }

    def noticed(self, message: str, language: Language) -> Shown:
        """A notice in place of the list."""
        return {self.view: {"value": notice(message, language)}}


def _typed(typed: str | None) -> float | None:
    """A number as people type it, with blanks between thousands and a point or comma; None while it is none yet."""
    written = "".join((typed or "").split()).replace(",", ".")
    return float(written) if NUMBER.fullmatch(written) else None


def reordered(wanted: Filter, command: str, argument: str) -> Filter:
    """The filter after a command of the list: `state`, `sort` or `page`."""
    match command:
        case "state":
            states = frozenset(state for state in STATES if state == argument)
            return replace(wanted, states=states, page=1)
        case "sort" if argument in SORTS:
            descending = not wanted.descending if argument == wanted.sort else argument not in ("id", "date")
            return replace(wanted, sort=argument, descending=descending, page=1)
        case "page" if argument.isascii() and argument.isdigit() and len(argument) < 9:
            return replace(wanted, page=max(1, int(argument)))
        case _:
            return wanted
