"""Scatter plot of two quantities: past applicants by outcome, and the applicant among them."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from scoring.answers.population import Scatter, ScatterAxis, ScatterCell
from scoring.charts.levels import has_rates
from scoring.charts.style import (
    BACKGROUND,
    BODY_SIZE,
    GRID,
    INK,
    LOWERS,
    MARGIN,
    MUTED,
    NOTE_CHARACTERS,
    RAISES,
    WIDTH,
    framed,
    show_bottom_axis,
    wrapped,
    write,
)
from scoring.charts.ticks import MOST_TICKS, axis_name, tick_label
from scoring.markup import Table
from scoring.words.language import Language
from scoring.words.wording import number, percent, range_in_words, text, value_in_words

HEIGHT = 2.9
# The default rates of the thirds stand under the points and hide none: a row's height and the room above, in inches.
RATE_ROW = 0.22
RATE_ROOM = 0.25
BELOW = 0.9
LEGEND_ROOM = 0.38
NAME_CHARACTERS = 16
NAME_SIZE = 9.5
# Room for the vertical axis' labels, in inches.
LEFT = 1.0
# Margin between range and frame, as a share of the range, so that points at the edge are not clipped.
EDGE = 0.04
AXIS_CHARACTERS = 54


def scatter_figure(scatter: Scatter, language: Language) -> Figure:
    """Points by outcome, the applicant among them, and below the default rates by thirds."""
    title = text("chart.scatter", language, across=scatter.across.label, up=scatter.up.label)
    panel = (LEFT, WIDTH - LEFT - MARGIN)
    rated = has_rates(scatter.population) and bool(scatter.cells)
    rows = len({cell.up[0] for cell in scatter.cells}) if rated else 0
    below = BELOW + (RATE_ROOM + rows * RATE_ROW if rated else 0)
    figure, (axes,) = framed(title, scatter_notes(scatter, language), HEIGHT, [panel], above=0.35, below=below)
    if not scatter.points:
        write(axes, 0.5, 0.5, text("chart.nothing_known", language), ha="center", transform=axes.transAxes)
        return figure
    _frame(axes, scatter, language)
    handles = [_draw_outcome(axes, scatter, outcome, language) for outcome in (0, 1)]
    if rated:
        _draw_rates(figure, scatter, rows, language)
    if isinstance(scatter.across.value, (int, float)) and isinstance(scatter.up.value, (int, float)):
        handles.append(_draw_applicant(axes, scatter, scatter.across.value, scatter.up.value, language))
    figure.legend(handles=handles, loc="lower left", ncols=3, frameon=False, fontsize=BODY_SIZE, labelcolor=INK)
    return figure


def scatter_notes(scatter: Scatter, language: Language) -> list[str]:
    """The applicant's position, and what points and rates represent."""
    stands = ", ".join(
        text("chart.item", language, label=axis.label, value=value_in_words(axis.value, axis.unit, language))
        for axis in (scatter.across, scatter.up)
    )
    size, shown = (number(count, language, 0) for count in (scatter.size, len(scatter.points)))
    return [
        text("chart.applicant_at", language, value=stands),
        text("chart.scatter_note", language, population=scatter.label, size=size, shown=shown),
    ]


def scatter_table(scatter: Scatter, language: Language) -> Table:
    """The thirds in words: how many past applicants, and their default rate."""
    title = text("chart.scatter", language, across=scatter.across.label, up=scatter.up.label)
    rated = has_rates(scatter.population)
    keys = ["table.applicants", *(["chart.default_rate"] if rated else [])]
    headers = (scatter.up.label, scatter.across.label, *(text(key, language) for key in keys))
    rows: list[tuple[str, ...]] = []
    for cell in scatter.cells:
        up, across = (
            range_in_words(span[0], span[1], axis.unit, language)
            for span, axis in ((cell.up, scatter.up), (cell.across, scatter.across))
        )
        name = text("table.marked", language, level=up) if cell.own else up
        rate = [_rate(cell, language)] if rated else []
        rows.append((name, across, number(cell.applicants, language, 0), *rate))
    return Table(". ".join([title, *scatter_notes(scatter, language)]) + ".", headers, rows)


def _rate(cell: ScatterCell, language: Language) -> str:
    unknown = cell.default_rate is None
    return text("chart.too_few", language) if unknown else percent(cell.default_rate or 0.0, language)


def _frame(axes: Axes, scatter: Scatter, language: Language) -> None:
    """Both axes with their ticks; dotted lines between the thirds."""
    across, up = scatter.across, scatter.up
    show_bottom_axis(
        axes, *_ticks(across, language), wrapped(axis_name(across.label, across.unit, language), AXIS_CHARACTERS, 1)
    )
    # Starts at the heading's left edge, so that a long name has the whole width.
    left = -(LEFT - MARGIN) / (WIDTH - LEFT - MARGIN)
    name = wrapped(axis_name(up.label, up.unit, language), NOTE_CHARACTERS, 1)
    write(axes, left, 1.02, name, transform=axes.transAxes, va="bottom", color=MUTED)
    axes.yaxis.set_visible(True)
    ticks, labels = _ticks(up, language)
    axes.set_yticks(ticks, labels, fontsize=BODY_SIZE, color=MUTED, parse_math=False)
    axes.grid(visible=False)
    axes.set_xlim(*_limits(across))
    axes.set_ylim(*_limits(up))
    for edge in {cell.across[1] for cell in scatter.cells} - {max(cell.across[1] for cell in scatter.cells)}:
        axes.axvline(edge, color=GRID, linewidth=1, zorder=0)
    for edge in {cell.up[1] for cell in scatter.cells} - {max(cell.up[1] for cell in scatter.cells)}:
        axes.axhline(edge, color=GRID, linewidth=1, zorder=0)


def _limits(axis: ScatterAxis) -> tuple[float, float]:
    low, high = axis.drawn
    return low - EDGE * (high - low), high + EDGE * (high - low)


def _ticks(axis: ScatterAxis, language: Language) -> tuple[list[float], list[str]]:
    low, high = axis.drawn
    ticks = [tick for tick in MaxNLocator(MOST_TICKS).tick_values(low, high) if low <= tick <= high]
    return ticks, [tick_label(tick, axis.unit, language) for tick in ticks]


def _draw_outcome(axes: Axes, scatter: Scatter, outcome: int, language: Language) -> Line2D:
    """The points of one outcome, distinguished by shape as well as by colour."""
    points = [(x, y) for x, y, became in scatter.points if became == outcome]
    style = {"marker": "^", "color": RAISES, "markersize": 6.5} if outcome else {"marker": "o", "markersize": 4}
    face = {} if outcome else {"markerfacecolor": "none", "markeredgecolor": LOWERS, "alpha": 0.55}
    label = text("chart.defaulted" if outcome else "chart.repaid", language)
    (drawn,) = axes.plot(
        [x for x, _ in points],
        [y for _, y in points],
        linestyle="none",
        label=label,
        clip_on=False,
        **{**style, **face},  # type: ignore[arg-type]
    )
    return drawn


def _draw_rates(figure: Figure, scatter: Scatter, rows: int, language: Language) -> None:
    """A small table under the points: a row and a column for each third, the applicant's own in bold."""
    total, width = figure.get_figheight(), WIDTH - LEFT - MARGIN
    axes = figure.add_axes((LEFT / WIDTH, LEGEND_ROOM / total, width / WIDTH, rows * RATE_ROW / total))
    axes.set_axis_off()
    lefts = sorted({cell.across[0] for cell in scatter.cells})
    bottoms = sorted({cell.up[0] for cell in scatter.cells})
    axes.set_xlim(0, len(lefts))
    axes.set_ylim(0, rows)
    name = wrapped(text("chart.rate_by_thirds", language), NAME_CHARACTERS, 2)
    write(axes, -(LEFT - MARGIN) / width, 0.5, name, transform=axes.transAxes, va="center", color=MUTED, size=NAME_SIZE)
    for cell in scatter.cells:
        column, row = lefts.index(cell.across[0]), bottoms.index(cell.up[0])
        shown, weight = _rate(cell, language), "bold" if cell.own else "normal"
        write(axes, column + 0.5, row + 0.5, shown, ha="center", va="center", weight=weight)


def _draw_applicant(axes: Axes, scatter: Scatter, x: float, y: float, language: Language) -> Line2D:
    """The applicant as a diamond; beyond the drawn range it stands at the edge."""
    position = [min(max(value, axis.drawn[0]), axis.drawn[1]) for value, axis in ((x, scatter.across), (y, scatter.up))]
    (drawn,) = axes.plot(
        [position[0]],
        [position[1]],
        linestyle="none",
        marker="D",
        markersize=11,
        color=INK,
        markeredgecolor=BACKGROUND,
        label=text("chart.this_applicant", language),
        clip_on=False,
        zorder=5,
        gid="applicant",
    )
    return drawn
