"""The handler of each event on the page: from the values that the page holds to the components that change.

Each event is answered from one state of the server. `scoring.interface.retry` sees to it that the page shows the same
model as that state, and the form's present contents.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import gradio as gr

from scoring.applicants.inputs import checked_history
from scoring.cases.orders import Seen
from scoring.cases.steps import open_case
from scoring.errors import DatabaseError, InvalidInputError, ScoringError, UnknownApplicantError
from scoring.interface.case import Case, Shown, fresh_case, read_case, together
from scoring.interface.curve_view import choice_of
from scoring.interface.form import form_fields
from scoring.interface.header import matching, options, title_html
from scoring.interface.kept import Kept, read_kept
from scoring.interface.model.oversight import oversight_html
from scoring.interface.scenarios_view import scenarios_of
from scoring.interface.screen import MODEL, PAGES, PORTFOLIO, TABS, Menus, Reader, Screen
from scoring.interface.standing import DeskView, desk_view
from scoring.interface.who import require
from scoring.interface.worklist_view import reordered
from scoring.interface.workplace import Workplace
from scoring.people import Person
from scoring.serving.live import State
from scoring.serving.service import assess
from scoring.words.language import DEFAULT_LANGUAGE, LANGUAGES, Language, browser_language
from scoring.words.wording import text
from scoring.worklist.key import scoring_key
from scoring.worklist.query import page_of

# In the address, in place of an applicant's id.
NEW = "new"
Values = dict[Any, Any]
Handler = Callable[[State, Values], Shown]
# Under this key, the values of each event hold who sent it.
PERSON = "person"


def _as_decided(case: Case, desk: DeskView) -> Case:
    """The case with the changes with which it was decided; as on file where these are no longer allowed."""
    if not (desk.decision and desk.decision.payload and desk.standing.state != "working"):
        return case
    payload, applicant = desk.decision.payload, case.applicant
    try:
        history = checked_history(payload.get("history"), applicant.scenarios, case.language)
        assess(case.service, applicant.applicant_id, payload["changes"], case.language)
    except InvalidInputError:
        return case
    return case.with_changes(payload["changes"], history)


class Events:
    """The event handlers of one screen."""

    def __init__(self, screen: Screen, workplace: Workplace) -> None:
        self.screen, self.workplace, self.serving = screen, workplace, workplace.serving

    def language(self, values: Values) -> Language:
        """The language of the page."""
        language = values[self.screen.header.language]
        return language if language in LANGUAGES else DEFAULT_LANGUAGE

    def person(self, values: Values) -> Person:
        """Who sent the event, if they may read applications.

        Raises:
            AccessError: they may not.
        """
        person: Person = values[PERSON]
        require(person, "read", self.language(values))
        return person

    def case(self, state: State, values: Values) -> Case | None:
        """The case on the page; None if there is none."""
        self.person(values)
        screen = self.screen
        entries = [values[entry] for entry in screen.what_if.entries]
        return read_case(
            state.service, self.language(values), values[screen.chosen], values[screen.allowed_changes], entries
        )

    def menus(self, values: Values) -> Menus:
        """What the reader has chosen for the figures."""
        kept = values[self.screen.menus]
        return Menus(kept["theme"], tuple(kept["characteristics"]), tuple(kept["pair"])) if kept else Menus()

    def reader(self, values: Values, case: Case | None = None, tab: str = "") -> Reader:
        """What the reader has chosen; with the desk if its tab is drawn for a case."""
        return Reader(
            menus=self.menus(values),
            population=values[self.screen.population.population],
            desk=self.desk(values, case) if case and tab == "record" else None,
            oversight=self.oversight(values, self.language(values)) if tab == MODEL else "",
            ratio=values[self.screen.model.ratio],
            curve=choice_of(values[self.screen.what_if.curve_choice]),
            scenarios=scenarios_of(values[self.screen.what_if.scenarios], case.applicant.applicant_id) if case else [],
        )

    def oversight(self, values: Values, language: Language) -> str:
        """How the model is used, for whoever may read the whole journal."""
        journal = self.workplace.desk.journal
        return oversight_html(journal.engine, language) if values[PERSON].may("journal") else ""

    def desk(self, values: Values, case: Case, message: str = "", is_problem: bool = False) -> DeskView:
        """How the case stands for whoever sent the event."""
        return desk_view(self.workplace, self.person(values), case, message, is_problem)

    def open(self, request: gr.Request, state: State, values: Values) -> Shown:
        """The page as it opens: in the language of the URL or the browser, with the applicant and tab of the URL."""
        requested = request.query_params.get("language", "")
        accepted = request.headers.get("accept-language", "")
        language, header = browser_language(requested or accepted), self.screen.header
        named = header.name(values[PERSON], self.workplace.is_open, language)
        hidden = header.hide(values[PERSON], language)
        kept_file: Shown = {self.screen.portfolio.number: {"value": values[self.screen.portfolio.number]}}
        shown = together(
            self.screen.relabel(state, language), header.welcome(state, language), named, hidden, kept_file
        )
        if state.served is None:
            return shown
        shown = together(shown, self.screen.model.reset(state.served))
        applicant, tab = (request.query_params.get(name) for name in ("applicant", "tab"))
        if tab == MODEL and applicant is None:
            reader = Reader(oversight=self.oversight(values, language))
            return together(shown, self.screen.review(state.served, None, reader, language))
        if not values[PERSON].may("read"):
            return shown
        if tab == PORTFOLIO and applicant is None:
            return together(shown, self.screen.go_to_files(chosen=False))
        try:
            if applicant is not None:
                opened = tab if tab in (*TABS, *PAGES) else TABS[0]
                return together(shown, self._reopened(state, values, applicant, opened, language))
        except ScoringError as error:
            shown = together(shown, header.refuse(str(error), language))
        wanted = {**values, self.screen.header.language: language}
        wanted[self.screen.worklist.order] = {"states": [request.query_params.get("state", "")]}
        return together(shown, self.listed(state, wanted))

    def _reopened(self, state: State, values: Values, applicant: str, tab: str, language: Language) -> Shown:
        """The applicant of the address, with what the page brought along; as on file if that is not allowed."""
        try:
            kept = read_kept(values[self.screen.what_if.kept], language)
        except InvalidInputError as error:
            refused = self.screen.header.refuse(text("kept.not_allowed", language, why=error), language)
            return together(self.open_id(state, values, applicant, tab, language), refused)
        if applicant != NEW:
            return self.open_id(state, values, applicant, tab, language, kept)
        return self._new(state, values, language, tab, kept if kept and kept.applicant_id is None else None)

    def listed(self, state: State, values: Values, command: str = "", argument: str = "") -> Shown:
        """The list of applications, after a command that changes its filter or order."""
        person, language, view = self.person(values), self.language(values), self.screen.worklist
        if state.served is None or state.served.applicants is None:
            return view.noticed(text("list.no_file", language), language)
        wanted = reordered(view.wanted(values), command, argument)
        engine, key = self.workplace.desk.journal.engine, scoring_key(state.served)
        try:
            found = page_of(engine, key, person, wanted, datetime.now(UTC))
        except DatabaseError:
            return view.noticed(text("list.unavailable", language), language)
        return view.draw(found, wanted, state.served.artifact, language)

    def search(self, typed: str, language: Language) -> Shown:
        """The applicants whose id begins with what was typed."""
        return {self.screen.header.picker: {"choices": options(self.serving.state.served, typed, language)}}

    def pick(self, state: State, values: Values) -> Shown:
        """The applicant that was picked or typed; if there is none, nobody else's decision stays on the page."""
        picked, language = values[self.screen.header.picker], self.language(values)
        if not picked:
            return {}
        try:
            return self.open_id(state, values, str(picked), self.open_tab(values), language)
        except (InvalidInputError, UnknownApplicantError) as error:
            return together(self.leave(state, values), self.screen.header.refuse(str(error), language))

    def leave(self, state: State, values: Values) -> Shown:
        """The list in place of a case."""
        welcome = self.screen.header.welcome(state, self.language(values))
        return together(self.screen.close(), welcome, self.listed(state, values))

    def open_tab(self, values: Values) -> str:
        """The tab that is open; the first one behind the list and the model's page."""
        tab: str = values[self.screen.open_tab]
        return tab if tab in TABS else TABS[0]

    def open_id(
        self, state: State, values: Values, typed: str, tab: str, language: Language, kept: Kept | None = None
    ) -> Shown:
        """The applicant with an id, opened at a tab: recorded as a view, with the decision's changes if decided.

        `kept` is what the page brought along: its changes go before those of the decision.

        Raises:
            ScoringError: nobody of that id is on file, or whoever asks may not read.
        """
        person = self.person(values)
        digits = typed.strip()
        if not (digits.isascii() and digits.isdigit() and len(digits) <= 18):
            raise InvalidInputError(text("screen.bad_id", language, value=digits[:40]))
        # Digits with which only one id begins stand for that id.
        near = matching(state.service, digits, 2)
        case = fresh_case(state.service, near[0] if len(near) == 1 else int(digits), language)
        applicant_id = case.applicant.applicant_id
        assert applicant_id is not None
        picker: Shown = {self.screen.header.picker: {"value": str(applicant_id)}}
        try:
            open_case(self.workplace.desk, state.service, person, applicant_id, language)
        except DatabaseError:
            desk = desk_view(self.workplace, person, case)
            notice = self.screen.header.tell(text("case.view_not_recorded", language), language)
            return together(self._chosen(values, case, tab, desk, kept), picker, notice)
        desk = desk_view(self.workplace, person, case)
        case = _as_decided(case, desk)
        return together(self._chosen(values, case, tab, desk, kept), picker, self.saw(case, desk))

    def _chosen(self, values: Values, case: Case, tab: str, desk: DeskView, kept: Kept | None) -> Shown:
        """The page for a case, with what it brought along for this one."""
        screen, applicant_id = self.screen, case.applicant.applicant_id
        if kept is None or kept.applicant_id != applicant_id:
            return screen.choose(case, tab, desk, values[screen.open_tab])
        case = kept.on(case)
        typed: Shown = {
            entry: {"value": kept.typed(item.raw.name)}
            for item, entry in zip(form_fields(), screen.what_if.entries, strict=True)
            if item.raw.name in case.problems
        }
        return together(screen.choose(case, tab, desk, values[screen.open_tab], kept.scenarios), typed)

    def saw(self, case: Case, desk: DeskView) -> Shown:
        """Remembers on the page what a decision will be made on."""
        seen = Seen(desk.standing.version, case.service.artifact.identity.revision, case.digest)
        return {self.screen.seen: {"value": vars(seen)}}

    def new(self, state: State, values: Values) -> Shown:
        """An empty form for a new application."""
        return self._new(state, values, self.language(values), "what_if")

    def _new(self, state: State, values: Values, language: Language, tab: str, kept: Kept | None = None) -> Shown:
        case = fresh_case(state.service, None, language)
        shown = self._chosen(values, case, tab, self.desk(values, case), kept)
        return together(shown, {self.screen.header.picker: {"value": None}, self.screen.seen: {"value": None}})

    def change_language(self, state: State, values: Values) -> Shown:
        """The whole page in the other language, with all entries kept."""
        language = self.language(values)
        header = self.screen.header
        named = header.name(values[PERSON], self.workplace.is_open, language)
        hidden = header.hide(values[PERSON], language)
        shown = together(self.screen.relabel(state, language), header.welcome(state, language), named, hidden)
        may_read = values[PERSON].may("read")
        case = self.case(state, values) if state.served and may_read else None
        if case is None:
            shown = together(shown, self._reviewed(state, values))
            return together(shown, self.listed(state, values)) if may_read else shown
        desk, tab = self.desk(values, case), values[self.screen.open_tab]
        drawn = self.screen.refresh(case, tab, self.reader(values, case, tab))
        written = self.screen.what_if.fill(case)
        return together(shown, drawn, written, self.screen.stand(desk, language), self.screen.record.undecided())

    def show(self, tab: str, state: State, values: Values) -> Shown:
        """A tab that was just opened."""
        case = self.case(state, values) if values[self.screen.chosen] else None
        if case is None:
            return {}
        drawn = self.screen.draw(case, tab, self.reader(values, case, tab))
        return together({self.screen.open_tab: {"value": tab}}, drawn)

    def lead_to(self, tab: str, state: State, values: Values) -> Shown:
        """A tab of the case, opened from elsewhere on the page."""
        if not values[self.screen.chosen]:
            return {}
        place = together(self.screen.go("case", chosen=True), {self.screen.tab_bar: {"selected": tab}})
        return together(place, self.show(tab, state, values))

    def show_model(self, state: State, values: Values) -> Shown:
        """The model's page."""
        if state.served is None:
            return {}
        case = self.case(state, values) if values[self.screen.chosen] else None
        return self.screen.review(state.served, case, self.reader(values, case, MODEL), self.language(values))

    def _reviewed(self, state: State, values: Values) -> Shown:
        """The model's page while no applicant is chosen, if it is in view."""
        return self.show_model(state, values) if values[self.screen.open_tab] == MODEL else {}

    def without_choices(self, values: Values) -> Values:
        """What the page holds without the reader's choices, for a page of another model.

        That model may have other themes and characteristics than the menus show, and recommend something else than
        what the adviser decided on.
        """
        screen = self.screen
        choices = [screen.menus, *screen.all_menus, screen.record.outcome, screen.model.ratio, screen.seen]
        return {**values, **dict.fromkeys(choices)}

    def redraw(self, state: State, values: Values) -> Shown:
        """The whole page for another model."""
        screen, language = self.screen, self.language(values)
        shown = together(screen.relabel(state, language), screen.cleared(), screen.record.undecided())
        shown = together(shown, screen.header.hide(values[PERSON], language))
        if state.served:
            shown = together(shown, screen.model.reset(state.served))
        if case := self.case(state, values) if values[screen.chosen] else None:
            tab, desk = values[screen.open_tab], self.desk(values, case)
            drawn = screen.refresh(case, tab, self.reader(values, case, tab))
            shown = together(shown, drawn, screen.stand(desk, language), {} if case.is_new else self.saw(case, desk))
        else:
            shown = together(shown, self.listed(state, values) if values[PERSON].may("read") else {})
            shown = together(shown, self._reviewed(state, values))
        return shown

    def title(self, state: State, values: Values) -> Shown:
        """Which model is served, and what is wrong if anything."""
        return {self.screen.header.title: {"value": title_html(state, self.language(values))}}
