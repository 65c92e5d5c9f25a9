"""Shared by all figures: colours, fonts, the frame of heading and panels, and export to SVG or PNG.

Figures are measured in inches, so that text keeps its size whatever the number of rows. Only matplotlib's
object-oriented API is used: pyplot keeps figures in a global list, which leaks in a server and is not thread safe.
"""

from __future__ import annotations

import hashlib
import io
import re
import textwrap
from collections.abc import Sequence

import matplotlib
from matplotlib.axes import Axes
from matplotlib.figure import Figure

# Text stays text: half the time and a third of the size of glyph outlines, and a reader can search and enlarge it.
matplotlib.rcParams["svg.fonttype"] = "none"
# Ids come from what they name, not from chance: the same figure is the same text.
matplotlib.rcParams["svg.hashsalt"] = "figure"

WIDTH = 5.6
DPI = 110
MARGIN = 0.15
BODY_SIZE = 10.5
TITLE_SIZE = 12.5
LINE = 0.175
TITLE_LINE = 0.23
TITLE_CHARACTERS = 50
NOTE_CHARACTERS = 68

# Okabe and Ito's palette, distinguishable with every kind of colour vision; direction also has a sign and hatching.
RAISES = "#D55E00"
LOWERS = "#0072B2"
INK = "#1F2933"
MUTED = "#52606D"
GRID = "#D9DEE4"
PALE = "#C5D3E0"
MIDDLE = "#7C9CBB"
BACKGROUND = "#FFFFFF"
# What a page may set anew where it is dark: CSS variables, named after what they colour.
PALETTE = {
    "raises": RAISES,
    "lowers": LOWERS,
    "ink": INK,
    "muted": MUTED,
    "grid": GRID,
    "pale": PALE,
    "middle": MIDDLE,
    "background": BACKGROUND,
}
# Keeps text readable where a line runs behind it.
HALO = {"facecolor": BACKGROUND, "edgecolor": "none", "pad": 0.8}

_SVG_SIZE = re.compile(r'(<svg[^>]*?) width="[^"]*"', re.DOTALL)
_SVG_HEIGHT = re.compile(r'(<svg[^>]*?) height="[^"]*"', re.DOTALL)
_SVG_SHARED = re.compile(r'(?<=["#])[hmp][0-9a-f]{10}(?=[")])')


def wrapped(words: str, characters: int, lines: int) -> str:
    """Text wrapped to at most so many lines, with an ellipsis if it does not fit."""
    return "\n".join(textwrap.wrap(words, characters, max_lines=lines, placeholder="…"))


def line_count(words: str) -> int:
    """The number of lines of the wrapped text."""
    return words.count("\n") + 1


def framed(
    title: str,
    notes: Sequence[str],
    height: float,
    panels: Sequence[tuple[float, float]],
    above: float,
    below: float,
) -> tuple[Figure, list[Axes]]:
    """A figure with a heading above side-by-side panels.

    Args:
        title: in bold.
        notes: paragraphs under it.
        height: of the panels, in inches.
        panels: left edge and width of each, in inches.
        above: room between notes and panels, in inches.
        below: room under the panels, in inches.
    """
    heading = wrapped(title, TITLE_CHARACTERS, 2)
    caption = "\n".join(wrapped(note, NOTE_CHARACTERS, 3) for note in notes)
    notes_height = LINE * line_count(caption) + 0.05 if caption else 0.0
    heading_height = MARGIN + TITLE_LINE * line_count(heading)
    total = heading_height + notes_height + above + height + below
    figure = Figure(figsize=(WIDTH, total), dpi=DPI, facecolor=BACKGROUND)
    left = MARGIN / WIDTH
    write(figure, left, 1 - MARGIN / total, heading, size=TITLE_SIZE, weight="bold", va="top")
    if caption:
        write(figure, left, 1 - (heading_height + 0.03) / total, caption, color=MUTED, va="top", linespacing=1.25)
    axes = [figure.add_axes((x / WIDTH, below / total, width / WIDTH, height / total)) for x, width in panels]
    for panel in axes:
        panel.set_facecolor(BACKGROUND)
        panel.spines[:].set_visible(False)
        panel.xaxis.set_visible(False)
        panel.yaxis.set_visible(False)
    return figure, axes


def write(surface: Figure | Axes, x: float, y: float, words: str, **style: object) -> None:
    """Text in the common style, never parsed as mathematics, since data may contain a dollar sign."""
    settings = {"size": BODY_SIZE, "color": INK, "parse_math": False, **style}
    surface.text(x, y, words, **settings)  # type: ignore[arg-type]


def show_bottom_axis(axes: Axes, ticks: Sequence[float], labels: Sequence[str], name: str) -> None:
    """Ticks with words below, light lines above them, and the axis' name."""
    axes.xaxis.set_visible(True)
    axes.set_xticks(ticks, labels, fontsize=BODY_SIZE, color=MUTED, parse_math=False)
    axes.tick_params(color=GRID)
    axes.grid(axis="x", color=GRID, linewidth=0.8)
    axes.set_axisbelow(True)
    axes.set_xlabel(name, fontsize=BODY_SIZE, color=MUTED)


def show_left_axis(axes: Axes, ticks: Sequence[float], labels: Sequence[str], name: str) -> None:
    """Ticks with words at the left, light lines beside them, and the axis' name above, horizontally."""
    axes.yaxis.set_visible(True)
    axes.set_yticks(ticks, labels, fontsize=BODY_SIZE, color=MUTED, parse_math=False)
    axes.tick_params(color=GRID)
    axes.grid(axis="y", color=GRID, linewidth=0.8)
    axes.set_axisbelow(True)
    write(axes, 0, 1.03, name, transform=axes.transAxes, color=MUTED, va="bottom")


def to_svg(figure: Figure) -> str:
    """The figure as an `<svg>` element that scales with its container; the same text for the same figure.

    Its colours are those of `PALETTE`, unless the page sets the CSS variables `--plot-raises`, `--plot-ink` and so on.
    """
    out = io.StringIO()
    figure.savefig(out, format="svg", metadata=dict.fromkeys(("Creator", "Date", "Format", "Type")))
    svg = out.getvalue()
    # No two figures of a page share an id: what the first one defines is not drawn while that is hidden.
    own = hashlib.sha256(svg.encode()).hexdigest()[:8]
    svg = _SVG_SHARED.sub(lambda found: found[0] + own, svg)
    svg = _SVG_SIZE.sub(r"\1", svg[svg.index("<svg") :], count=1)
    width = f'\\1 style="width:100%;height:auto;max-width:{figure.get_figwidth()}in"'
    svg = _SVG_HEIGHT.sub(width, svg, count=1)
    for name, color in PALETTE.items():
        svg = svg.replace(f": {color.lower()}", f": var(--plot-{name}, {color})")
    return svg


def to_png(figure: Figure) -> bytes:
    """The figure as a PNG image."""
    out = io.BytesIO()
    figure.savefig(out, format="png")
    return out.getvalue()
