"""The handlers of what a reader chooses for the figures: theme, population, characteristics, axes and cost ratio."""

from __future__ import annotations

from dataclasses import replace

from scoring.errors import InvalidInputError
from scoring.interface.case import Shown, together
from scoring.interface.events import Events, Values
from scoring.interface.population_tab import main_characteristics
from scoring.interface.screen import MODEL
from scoring.schema.definition import quoted
from scoring.serving.live import State
from scoring.words.wording import text


class FigureEvents:
    """Handlers on top of those of `Events`."""

    def __init__(self, events: Events) -> None:
        self.events, self.screen = events, events.screen

    def try_cost_ratio(self, state: State, values: Values) -> Shown:
        """Another cost ratio, on the model's page only and only while it is in view."""
        if values[self.screen.open_tab] != MODEL:
            return {}
        case = self.events.case(state, values) if values[self.screen.chosen] else None
        ratio = self.events.reader(values).ratio
        return self.screen.model.draw_ratio(state.service, ratio, case, self.events.language(values))

    def open_theme(self, state: State, values: Values) -> Shown:
        """The features of one theme."""
        screen, case, theme = self.screen, self.events.case(state, values), values[self.screen.explanation.theme]
        if case is None or not theme:
            return {}
        known = [each.theme for each in case.explanation.themes]
        if theme not in known:
            told = text("error.unknown_theme", case.language, value=quoted(theme), allowed=", ".join(known))
            raise InvalidInputError(told)
        menus = replace(self.events.menus(values), theme=theme)
        return together(screen.explanation.draw_theme(case, theme), screen.keep(menus))

    def change_population(self, state: State, values: Values) -> Shown:
        """All plots against another population."""
        case = self.events.case(state, values)
        return self.screen.draw(case, "population", self.events.reader(values)) if case else {}

    def choose_characteristic(self, plot: int, state: State, values: Values) -> Shown:
        """Another characteristic in one of the plots."""
        population, case, reader = self.screen.population, self.events.case(state, values), self.events.reader(values)
        chosen = values[population.menus[plot]]
        if case is None or not chosen:
            return {}
        characteristics = list(reader.menus.characteristics or main_characteristics(case))
        characteristics[plot] = chosen
        menus = replace(reader.menus, characteristics=tuple(characteristics))
        return together(population.draw_plot(case, reader.population, plot, chosen), self.screen.keep(menus))

    def choose_scatter_axes(self, state: State, values: Values) -> Shown:
        """Another quantity in the scatter plot."""
        population, case, reader = self.screen.population, self.events.case(state, values), self.events.reader(values)
        across, up = (values[menu] for menu in population.scatter_axes)
        if case is None or not (across and up):
            return {}
        menus = replace(reader.menus, pair=(across, up))
        return together(population.draw_scatter(case, reader.population, across, up), self.screen.keep(menus))
