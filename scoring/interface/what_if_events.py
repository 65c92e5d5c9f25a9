"""The handlers of the What-if tab: edits, suggestions, and the response curve."""

from __future__ import annotations

import json
from dataclasses import asdict, replace

from scoring.answers.applicant import Plan
from scoring.applicants.inputs import checked_changes, checked_history
from scoring.interface.case import Case, Shown, fresh_case, together
from scoring.interface.events import Events, Values
from scoring.interface.plan_cards import chosen_by_button
from scoring.interface.scenarios_view import can_keep, stored
from scoring.schema.definition import Raw
from scoring.serving.live import State


class WhatIfEvents:
    """Handlers on top of those of `Events`."""

    def __init__(self, events: Events) -> None:
        self.events, self.screen = events, events.screen

    def edit(self, state: State, values: Values) -> Shown:
        """The decision with the changes made in the form."""
        case = self.events.case(state, values)
        return self.screen.refresh(case, "what_if", self.events.reader(values, case)) if case else {}

    def commit(self, state: State, values: Values) -> Shown:
        """The decision with a number that was entered, which is written in the reader's way: this was read."""
        case, what_if = self.events.case(state, values), self.screen.what_if
        if case is None:
            return {}
        shown = self.screen.refresh(case, "what_if", self.events.reader(values, case))
        written = {
            entry: properties
            for entry, properties in what_if.fill(case).items()
            if isinstance(properties["value"], str) and properties["value"] != values[entry]
        }
        return together(shown, written, {what_if.answered: {"value": values[what_if.committed]}})

    def reset(self, state: State, values: Values) -> Shown:
        """The form reset to the values on file."""
        chosen = values[self.screen.chosen]
        return self._filled(fresh_case(state.service, chosen["applicant_id"], self.events.language(values)), values)

    def apply(self, index: int, state: State, values: Values) -> Shown:
        """The plan or counter-offer that was clicked, taken up unless it is another model's.

        Its changes of the loan go into the form, those of the credit history beside it.
        """
        if values[self.screen.drawn_revision] != state.revision:
            return {}
        case = self.events.case(state, values)
        if case is None or case.lacks or not (taken := chosen_by_button(case, index)):
            return {}
        history = taken.history if isinstance(taken, Plan) else []
        more = checked_history([asdict(move) for move in history], case.applicant.scenarios, case.language)
        return self._changed(replace(case, history=(*case.history, *more)), taken.changes, values)

    def move(self, state: State, values: Values) -> Shown:
        """The point of the curve that was let go, entered in the form."""
        moved, case = values[self.screen.what_if.curve_moved], self.events.case(state, values)
        if case is None or not moved:
            return {}
        changes = checked_changes(json.loads(moved)["changes"], case.language)
        return self._changed(case, changes, values)

    def choose_curve(self, state: State, values: Values) -> Shown:
        """Another curve."""
        case = self.events.case(state, values)
        if case is None or case.lacks:
            return {}
        return self.screen.what_if.draw_curve(case, self.events.reader(values).curve)

    def scenario(self, state: State, values: Values) -> Shown:
        """The present changes kept as a scenario, one of these opened or dropped, or the history as on file again."""
        case, what_if = self.events.case(state, values), self.screen.what_if
        command, place = (*str(values[what_if.scenario_command] or "").split(), "", "")[:2]
        if case is None or case.lacks:
            return {}
        if command == "history_on_file":
            return self._filled(case.with_changes(case.changes), values)
        kept = list(self.events.reader(values, case).scenarios)
        if command == "keep" and can_keep(case, kept) and not case.problem:
            kept.append(case.changes)
        elif place.isdecimal() and int(place) < len(kept):
            if command == "open":
                return self._filled(case.with_changes(dict(kept[int(place)])), values)
            if command == "drop":
                del kept[int(place)]
        return {**what_if.draw_scenarios(case, kept), what_if.scenarios: {"value": stored(case, kept)}}

    def _changed(self, case: Case, changes: dict[str, Raw], values: Values) -> Shown:
        """The case with further changes; one that is as on file is none."""
        merged = {**case.changes, **changes}
        kept = {name: value for name, value in merged.items() if case.is_new or value != case.applicant.raw[name]}
        return self._filled(case.with_changes(kept, case.history), values)

    def _filled(self, case: Case, values: Values) -> Shown:
        reader = self.events.reader(values, case)
        return together(self.screen.what_if.fill(case), self.screen.refresh(case, "what_if", reader))
