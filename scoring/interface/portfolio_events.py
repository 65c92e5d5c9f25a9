"""The handlers of the page for files of applications: whatever they show is the sender's own."""

from __future__ import annotations

from scoring.interface.case import Shown, together
from scoring.interface.events import Events, Values
from scoring.interface.screen import PORTFOLIO
from scoring.portfolio.batches import Batch
from scoring.serving.live import State
from scoring.words.wording import text


class PortfolioEvents:
    """Handlers on top of those of `Events`."""

    def __init__(self, events: Events) -> None:
        self.events, self.screen, self.batches = events, events.screen, events.workplace.batches

    def show(self, state: State, values: Values) -> Shown:
        """The page, with the file that was sent last from this window."""
        place = self.screen.go_to_files(chosen=values[self.screen.chosen] is not None)
        return together(place, self._drawn(values))

    def redraw(self, state: State, values: Values) -> Shown:
        """How far the file is by now, while the page is in view."""
        return self._drawn(values) if values[self.screen.open_tab] == PORTFOLIO else {}

    def cancel(self, state: State, values: Values) -> Shown:
        """The file that is shown, cancelled."""
        batch = self._own(values)
        if batch:
            self.batches.cancel(batch)
        return self._drawn(values)

    def _own(self, values: Values) -> Batch | None:
        person, number = self.events.person(values), values[self.screen.portfolio.number]
        return self.batches.find(person, number) if isinstance(number, str) else None

    def _drawn(self, values: Values) -> Shown:
        view, language, batch = self.screen.portfolio, self.events.language(values), self._own(values)
        if batch:
            return view.draw(batch, language)
        return view.noticed(text("portfolio.gone", language) if values[view.number] else "", language)
