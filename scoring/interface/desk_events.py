"""The handlers of what a person decides, and of moving through the list of applications."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from scoring.cases.orders import Order, Recorded, Seen
from scoring.cases.steps import confirm, decide, reopen, send_back
from scoring.decision.rule import OUTCOMES
from scoring.errors import CaseError, DatabaseError, JournalError, ScoringError
from scoring.interface.case import Case, Shown, together
from scoring.interface.events import Events, Values
from scoring.interface.screen import TABS
from scoring.interface.standing import DeskView, moment_in_words
from scoring.serving.live import State
from scoring.words.wording import text
from scoring.worklist.key import scoring_key
from scoring.worklist.query import next_one


class DeskEvents:
    """Handlers on top of those of `Events`."""

    def __init__(self, events: Events) -> None:
        self.events, self.screen, self.workplace = events, events.screen, events.workplace

    def choose_outcome(self, state: State, values: Values) -> Shown:
        """The entries that belong to the outcome chosen."""
        case = self.events.case(state, values)
        if case is None or case.lacks:
            return {}
        record = self.screen.record
        return record.choose_outcome(case, self.events.desk(values, case), record.draft(values))

    def record(self, state: State, values: Values) -> Shown:
        """The decision that was entered, recorded, or why it is not."""

        def step(case: Case, seen: Seen | None) -> Recorded:
            draft, person = self.screen.record.draft(values), self.events.person(values)
            order = Order(
                applicant_id=case.applicant.applicant_id,
                changes=case.changes,
                outcome=draft.outcome,
                reason_code=draft.reason_code,
                note=draft.note,
                told_reasons=draft.told,
                refer_to=draft.refer_to,
                seen=seen,
                language=case.language,
            )
            return decide(self.workplace.desk, state.service, person, order, self.workplace.colleagues())

        if self.screen.record.draft(values).outcome is None:
            return self._refused(state, values, "case.choose_outcome")
        return self._done(state, values, step)

    def confirm(self, state: State, values: Values) -> Shown:
        """A colleague's decision, confirmed."""

        def step(case: Case, seen: Seen | None) -> Recorded:
            person, note = self.events.person(values), self.screen.record.draft(values).note
            return confirm(self.workplace.desk, state.service, person, _id(case), note, seen, case.language)

        return self._done(state, values, step)

    def send_back(self, state: State, values: Values) -> Shown:
        """A colleague's decision, given back with a reason."""

        def step(case: Case, seen: Seen | None) -> Recorded:
            person, note = self.events.person(values), self.screen.record.draft(values).note
            return send_back(self.workplace.desk, person, _id(case), note, case.language, seen)

        return self._done(state, values, step)

    def reopen(self, state: State, values: Values) -> Shown:
        """A decided case, opened again with a reason."""

        def step(case: Case, seen: Seen | None) -> Recorded:
            person, note = self.events.person(values), self.screen.record.draft(values).note
            return reopen(self.workplace.desk, person, _id(case), note, case.language, seen)

        return self._done(state, values, step)

    def _refused(self, state: State, values: Values, key: str) -> Shown:
        case = self.events.case(state, values)
        if case is None:
            return {}
        message = text(key, case.language)
        return self.screen.record.draw(case, self.events.desk(values, case, message, is_problem=True))

    def _done(self, state: State, values: Values, step: Callable[[Case, Seen | None], Recorded]) -> Shown:
        """A step and the tab after it. If it was refused, all that was entered stays, and the case is shown anew."""
        case = self.events.case(state, values)
        if case is None or case.problem or case.lacks:
            return {} if case is None else self._refused(state, values, "case.complete_first")
        try:
            recorded = step(case, None if case.is_new else _seen(values[self.screen.seen], case))
        except (DatabaseError, JournalError):
            desk = self.events.desk(values, case, text("case.not_recorded", case.language), is_problem=True)
            return self._shown(case, desk)
        except ScoringError as error:
            return self._shown(case, self.events.desk(values, case, str(error), is_problem=True))
        at = moment_in_words(recorded.time, case.language)
        message = text("case.recorded", case.language, entry=recorded.entry, at=at)
        desk = self.events.desk(values, case, message)
        return together(self._shown(case, desk), self.screen.record.emptied())

    def _shown(self, case: Case, desk: DeskView) -> Shown:
        seen = {} if case.is_new or desk.unavailable else self.events.saw(case, desk)
        return together(self.screen.record.draw(case, desk), self.screen.stand(desk, case.language), seen)

    def back(self, state: State, values: Values) -> Shown:
        """The list in place of a case."""
        return self.events.leave(state, values)

    def redraw_list(self, state: State, values: Values) -> Shown:
        """The list with what has been scored since, unless a case was opened meanwhile."""
        return {} if values[self.screen.chosen] else self.events.listed(state, values)

    def filter(self, state: State, values: Values) -> Shown:
        """The list after one of its filters changed: its first page."""
        return self.events.listed(state, values, "page", "1")

    def next(self, state: State, values: Values) -> Shown:
        """The next application to work on, in the order of the list."""
        events, language = self.events, self.events.language(values)
        chosen = values[self.screen.chosen]
        after = chosen["applicant_id"] if chosen else None
        wanted = self.screen.worklist.wanted(values)
        engine = self.workplace.desk.journal.engine
        try:
            key, now = scoring_key(state.service), datetime.now(UTC)
            found = next_one(engine, key, events.person(values), wanted, after, now)
        except DatabaseError:
            return self.screen.header.tell(text("list.unavailable", language), language)
        if found is None:
            return self.screen.header.tell(text("list.no_more", language), language)
        return events.open_id(state, values, str(found), TABS[0], language)

    def obey(self, state: State, values: Values) -> Shown:
        """A command from a click in our own HTML; a mark that differs follows it.

        `open ID` opens an application, `show TAB` a tab, `field NAME` the form, `decide OUTCOME` the record at that
        choice; whatever else reorders the list.
        """
        sent = str(values[self.screen.command] or "").split()
        command, argument = sent[:2] if len(sent) > 2 else ("", "")
        match command:
            case "open":
                return self.events.open_id(state, values, argument, TABS[0], self.events.language(values))
            case "show" if argument in TABS:
                return self.events.lead_to(argument, state, values)
            case "field":
                return self.events.lead_to("what_if", state, values)
            case "decide" if argument in OUTCOMES:
                return self.begin(argument, state, values)
            case "state" | "sort" | "page":
                return self.events.listed(state, values, command, argument)
        return {}

    def begin(self, outcome: str, state: State, values: Values) -> Shown:
        """The record, with an outcome chosen in the bar; nothing is recorded yet."""
        record = self.screen.record
        chosen = {**values, record.outcome: outcome}
        shown = self.events.lead_to("record", state, values)
        return together(shown, {record.outcome: {"value": outcome}}, self.choose_outcome(state, chosen))


def _seen(held: object, case: Case) -> Seen:
    """What the page remembers of what the person saw.

    Raises:
        CaseError: nothing, since the journal could not be reached when the case was opened: it is shown first.
    """
    match held:
        case {"version": int() as version, "revision": str() as revision, "application": str() as application}:
            return Seen(version, revision, application)
    raise CaseError(text("case.changed_meanwhile", case.language))


def _id(case: Case) -> int:
    """The id of a case on file; a new application has no steps beyond being decided."""
    assert case.applicant.applicant_id is not None
    return case.applicant.applicant_id
