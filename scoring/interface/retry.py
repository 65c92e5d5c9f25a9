"""Events that are sent from a stale page: the page is told to send them again, and is redrawn first if need be.

A page is stale in two ways. It may show another model than the one now served; the retry then redraws the whole page,
so that no two figures on it come from different models. Or it may have sent the event while the server was filling the
form, with the form's former contents; the retry then sends what the form shows by now.
"""

from __future__ import annotations

from collections.abc import Mapping
from uuid import uuid4

from scoring.interface.case import Shown, together
from scoring.interface.events import Events, Handler, Values
from scoring.serving.live import State
from scoring.words.wording import text

# Each takes a round trip: together they leave a slow page a second or more.
MOST_ATTEMPTS = 20


class Retries:
    """Answers the events of one screen, each under its key, if the page is up to date; else asks for a retry."""

    def __init__(self, events: Events) -> None:
        self.events, self.screen = events, events.screen

    def retry_if_stale(self, key: str, handler: Handler) -> Handler:
        """The handler for a page that is up to date; any other page is asked to send the event again."""

        def answer(state: State, values: Values) -> Shown:
            if self._form_is_stale(values) or values[self.screen.drawn_revision] != state.revision:
                return self._ask_again(key, values)
            return self.count_fills(values, together(self.events.title(state, values), handler(state, values)))

        return answer

    def answer_retry(self, handlers: Mapping[str, Handler], state: State, values: Values) -> Shown:
        """The answer to an event that was sent again, with the page redrawn if it shows another model."""
        sent = str(values[self.screen.retry_request] or "").split()
        key, attempt = (*sent, "", "")[:2]
        if not key:
            return {}
        if self._form_is_stale(values):
            return self._ask_again(key, values, int(attempt) + 1 if attempt.isdecimal() else 1)
        events = self.events
        shown = events.title(state, values)
        if values[self.screen.drawn_revision] == state.revision:
            return self.count_fills(values, together(shown, handlers[key](state, values)))
        values, language = events.without_choices(values), events.language(values)
        notice = self.screen.header.tell(text("screen.model_changed", language), language)
        redrawn = events.redraw(state, values)
        return self.count_fills(values, together(shown, redrawn, handlers[key](state, values), notice))

    def count_fills(self, values: Values, shown: Shown) -> Shown:
        """Counts an answer that fills the form or a menu, so that events which the page sent before it are known."""
        screen = self.screen
        if shown.keys().isdisjoint([screen.chosen, screen.menus, *screen.what_if.entries]):
            return shown
        count = {"value": values[screen.fills_sent] + 1}
        return {**shown, screen.fills_sent: count, screen.fills_seen: count}

    def _form_is_stale(self, values: Values) -> bool:
        """Whether the page sent the event while the form was being filled: its values are not what it shows by now."""
        return bool(values[self.screen.fills_seen] != values[self.screen.fills_sent])

    def _ask_again(self, key: str, values: Values, attempt: int = 0) -> Shown:
        """A request that differs each time, since the page reacts to its change.

        The page is asked until it has put the fill into the form, which it does in its own time. Where it has seen more
        fills than were sent, another process sent them, or this one before a restart: the counts are then set equal.
        """
        request: Shown = {self.screen.retry_request: {"value": f"{key} {attempt} {uuid4().hex}"}}
        sent, seen = values[self.screen.fills_sent], values[self.screen.fills_seen]
        if attempt < MOST_ATTEMPTS and seen <= sent:
            return request
        return {**request, self.screen.fills_seen: {"value": sent}}
