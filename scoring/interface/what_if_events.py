"""The handlers of the What-if tab: edits, suggestions, and the response curve."""

from __future__ import annotations

import json
from dataclasses import replace

from scoring.applicants.inputs import checked_changes
from scoring.interface.case import Case, Shown, fresh_case, together
from scoring.interface.events import Events, Values
from scoring.interface.plan_cards import entries_of_button
from scoring.schema.definition import Raw
from scoring.serving.live import State


class WhatIfEvents:
    """Handlers on top of those of `Events`."""

    def __init__(self, events: Events) -> None:
        self.events, self.screen = events, events.screen

    def edit(self, state: State, values: Values) -> Shown:
        """The decision with the changes made in the form."""
        case = self.events.case(state, values)
        return self.screen.refresh(case, "what_if", self.events.reader(values)) if case else {}

    def reset(self, state: State, values: Values) -> Shown:
        """The form reset to the values on file."""
        chosen = values[self.screen.chosen]
        return self._filled(fresh_case(state.service, chosen["applicant_id"], self.events.language(values)), values)

    def apply(self, index: int, state: State, values: Values) -> Shown:
        """The plan or counter-offer that was clicked, entered in the form unless it is another model's."""
        if values[self.screen.drawn_revision] != state.revision:
            return {}
        case = self.events.case(state, values)
        entered = entries_of_button(case, index) if case and not case.lacks else {}
        return self._changed(case, entered, values) if case and entered else {}

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

    def _changed(self, case: Case, changes: dict[str, Raw], values: Values) -> Shown:
        """The case with further changes; one that is as on file is none."""
        together_ = {**case.changes, **changes}
        kept = {name: value for name, value in together_.items() if case.is_new or value != case.applicant.raw[name]}
        return self._filled(replace(case, changes=kept, problem=""), values)

    def _filled(self, case: Case, values: Values) -> Shown:
        return together(
            self.screen.what_if.fill(case), self.screen.refresh(case, "what_if", self.events.reader(values))
        )
