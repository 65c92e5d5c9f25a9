"""The response curve on the page: inline SVG that can be dragged or moved by keys, with words for each point.

SVG of our own rather than matplotlib: it is drawn within milliseconds and its colours follow the page's. Its words are
HTML beside it, which keeps their size whatever the width. `scripts/curve.js` moves the point along.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby, pairwise

from matplotlib.ticker import MaxNLocator

from scoring.answers.applicant import Curve, CurvePoint
from scoring.applicants.in_words import field_in_words, field_label
from scoring.applicants.loan import LoanTerms
from scoring.charts.ticks import MOST_TICKS, tick_label
from scoring.decision.in_words import digits_of
from scoring.decision.rule import OUTCOMES
from scoring.documents.loan_words import terms_in_words
from scoring.interface.form import form_fields
from scoring.interface.html import element, page, scrolling, table_html, words
from scoring.lender.roles import CREDIT, INSTALMENT, TERM
from scoring.markup import Table
from scoring.schema.definition import Raw
from scoring.schema.fields import fields
from scoring.units import DAYS_PER_YEAR
from scoring.words.language import Language
from scoring.words.wording import percent, text, value_in_words

CARD = "cs-card cs-curve"
# The probability's axis reaches so much beyond all that is drawn.
ABOVE = 1.25
Place = Callable[[CurvePoint], float]


@dataclass(frozen=True)
class CurveChoice:
    """Which curve is shown: a field (or the likely term), and what an amount keeps."""

    field: str = CREDIT
    keep: str = "instalment"


FIRST_CURVE = CurveChoice()


def choice_of(written: object) -> CurveChoice:
    """The choice that the page holds as "field keep"; the first curve if it holds none."""
    field, keep = (*str(written or "").split(), "", "")[:2]
    if field not in offered():
        return FIRST_CURVE
    return CurveChoice(field, "term" if keep == "term" and field == CREDIT else "instalment")


def changes_at(curve: Curve, point: CurvePoint) -> dict[str, Raw]:
    """The changes to the application that lead to a point; none if its field is not in the form."""
    if curve.field == TERM:
        return {INSTALMENT: point.instalment}
    if not fields()[curve.field].editable:
        return {}
    whole = fields()[curve.field].type == "integer"
    changes: dict[str, Raw] = {curve.field: int(point.value) if whole else point.value}
    return {**changes, INSTALMENT: point.instalment} if curve.keep == "term" else changes


@cache
def offered() -> tuple[str, ...]:
    """What a curve may run along: the form's quantities and the likely term, then those that are only on file."""
    quantities = [name for name, field in fields().items() if field.kind == "quantitative" and not field.protected]
    in_form = [item.raw.name for item in form_fields() if item.raw.name in quantities]
    loan = [CREDIT, INSTALMENT, TERM]
    return tuple(dict.fromkeys([*loan, *in_form, *quantities]))


def no_curve_html(choice: CurveChoice, language: Language) -> str:
    """In place of a curve of the loan: that its terms are not known."""
    note = words("p", text("curve.no_terms", language))
    return page([words("h3", text("curve.title", language)), _menus(choice, language), note], language, CARD)


def curve_html(curve: Curve, amount: float | None, language: Language) -> str:
    """The curve with its menus, and its table folded below; `amount` is that of the loan."""
    points = sorted(curve.points, key=lambda point: _shown(point.value, curve))
    loans = [_loan(curve, point, amount) for point in points]
    labels = [_in_words(curve, point, loan, language) for point, loan in zip(points, loans, strict=True)]
    own = next((place for place, point in enumerate(points) if point.value == curve.value), None)
    parts = [
        words("h3", text("curve.title", language)),
        _menus(CurveChoice(curve.field, curve.keep), language),
        _plot(curve, points, own, labels, language),
        words("output", labels[own] if own is not None else text("curve.not_known", language), "cs-curve-told"),
        _keys(curve, points, language),
        *[words("p", note, "cs-small") for note in _notes(curve, language)],
        _table(curve, points, loans, language),
    ]
    return page(parts, language, CARD)


def _menus(choice: CurveChoice, language: Language) -> str:
    """The menus of the field and, for an amount, of what is kept."""
    first = [name for name in offered() if _in_form(name)]
    others = [name for name in offered() if name not in first]
    groups = ((text("curve.in_form", language), first), (text("curve.on_file_only", language), others))
    options = "".join(
        element("optgroup", "".join(_option(name, _label(name, language), choice.field) for name in names), label=label)
        for label, names in groups
    )
    menus = _menu("curve-field", text("curve.along", language), options)
    if choice.field == CREDIT:
        kept = [(keep, text(f"curve.keep.{keep}", language)) for keep in ("instalment", "term")]
        options = "".join(_option(keep, label, choice.keep) for keep, label in kept)
        menus += _menu("curve-keep", text("curve.keep", language), options)
    return element("div", menus, "cs-curve-menus")


def _in_form(name: str) -> bool:
    return name == TERM or fields()[name].editable


def _option(value: str, label: str, chosen: str) -> str:
    return element("option", words("span", label), value=value, selected="selected" if value == chosen else "")


def _menu(name: str, label: str, options: str) -> str:
    return element("label", words("span", label) + element("select", options, id=name))


def _label(name: str, language: Language) -> str:
    return text("curve.term", language) if name == TERM else field_label(name, language)


def _shown(value: float, curve: Curve) -> float:
    """A value in the unit that is shown: days before the application are years."""
    return -value / DAYS_PER_YEAR if curve.unit == "days" else value


def _value_in_words(curve: Curve, value: float, language: Language) -> str:
    if curve.field == TERM:
        return value_in_words(value, curve.unit, language)
    return field_in_words(curve.field, value, language)


def _in_words(curve: Curve, point: CurvePoint, loan: LoanTerms | None, language: Language) -> str:
    """What holds at a point: value, probability, decision, and the loan's terms where it is a curve of the loan."""
    sentence = text(
        "curve.point",
        language,
        value=_value_in_words(curve, point.value, language),
        probability=percent(point.probability, language, digits_of(point)),
        decision=text(f"decision.{point.decision}", language),
    )
    on_axis = {INSTALMENT: "instalment", TERM: "months"}.get(curve.field, "")
    parts = [sentence, *([terms_in_words(loan, language, on_axis)] if loan else [])]
    return " · ".join([*parts, *([] if point.learnt else [text("curve.outside", language)])])


def _loan(curve: Curve, point: CurvePoint, amount: float | None) -> LoanTerms | None:
    """The loan at a point of a curve of the loan."""
    if curve.field not in (CREDIT, INSTALMENT, TERM):
        return None
    lent = point.value if curve.field == CREDIT else amount
    return LoanTerms(lent, point.instalment, point.months, point.yearly_rate)


def _plot(
    curve: Curve, points: Sequence[CurvePoint], own: int | None, labels: Sequence[str], language: Language
) -> str:
    """The drawing under a slider that covers it."""
    across, up = _scales(curve, points)
    low, high = (_shown(points[end].value, curve) for end in (0, -1))
    unit = "years" if curve.unit == "days" else curve.unit
    ticks = [tick for tick in MaxNLocator(MOST_TICKS - 1).tick_values(low, high) if low <= tick <= high]
    bottom = "".join(_tick(f"left:{_share(tick, low, high):.2f}%", tick_label(tick, unit, language)) for tick in ticks)
    reach = _reach(points)
    rates = [tick for tick in MaxNLocator(MOST_TICKS - 1).tick_values(0, reach) if tick <= reach]
    left = "".join(_tick(f"bottom:{100 * tick / reach:.2f}%", percent(tick, language, 0)) for tick in rates)
    moves = [
        {"x": round(across(point), 2), "y": round(up(point), 2), "words": words_, "changes": changes_at(curve, point)}
        for point, words_ in zip(points, labels, strict=True)
    ]
    slider = element(
        "input",
        "",
        type="range",
        id="curve-slider",
        min="0",
        max="1000",
        value=f"{10 * across(points[own]):.0f}" if own is not None else "0",
        aria_label=text("curve.slider", language, label=_label(curve.field, language)),
        aria_valuetext=labels[own] if own is not None else text("curve.not_known", language),
        data_points=json.dumps(moves, ensure_ascii=False),
        data_own=str(own if own is not None else -1),
    ).removesuffix("</input>")
    style = f"left:{across(points[own]):.2f}%;top:{up(points[own]):.2f}%" if own is not None else "display:none"
    marks = "".join(element("span", "", f"cs-curve-{kind}", style=style) for kind in ("today", "point"))
    drawing = element("div", _svg(points, across, up) + marks + slider, "cs-curve-area")
    named = words("p", text("chart.probability", language), "cs-curve-y") + element("div", left, "cs-curve-left")
    name = _label(curve.field, language) + (
        f" ({text(f'axis.{unit}', language)})" if unit in ("years", "months") else ""
    )
    below = element("div", bottom, "cs-curve-bottom") + words("p", name, "cs-curve-x")
    return element("div", named + drawing + below, "cs-curve-plot")


def _tick(place: str, label: str) -> str:
    return element("span", words("span", label), style=place)


def _share(value: float, low: float, high: float) -> float:
    """Where a value lies between two, in percent."""
    return 100 * (value - low) / (high - low) if high > low else 50.0


def _reach(points: Sequence[CurvePoint]) -> float:
    """The upper end of the axis: above all that is drawn."""
    highest = max(max(point.probability, point.referral_band[1]) for point in points)
    return min(1.0, ABOVE * highest)


def _scales(curve: Curve, points: Sequence[CurvePoint]) -> tuple[Place, Place]:
    """Where a point is drawn: percent from the left, and from the top."""
    low, high = (_shown(points[end].value, curve) for end in (0, -1))
    reach = _reach(points)
    return (
        lambda point: _share(_shown(point.value, curve), low, high),
        lambda point: 100 - 100 * point.probability / reach,
    )


def _svg(points: Sequence[CurvePoint], across: Place, up: Place) -> str:
    """Zones of the three decisions, threshold, what the model did not learn from, and the curve over them."""
    reach = _reach(points)
    edges = {
        "approve": ([0.0] * len(points), [point.referral_band[0] for point in points]),
        "refer": ([point.referral_band[0] for point in points], [point.referral_band[1] for point in points]),
        "refuse": ([point.referral_band[1] for point in points], [reach] * len(points)),
    }

    def line(heights: Sequence[float]) -> list[str]:
        return [
            f"{across(point):.2f},{100 - 100 * height / reach:.2f}"
            for point, height in zip(points, heights, strict=True)
        ]

    zones = [
        element("polygon", "", f"cs-zone-{key}", points=" ".join([*line(low), *reversed(line(high))]))
        for key, (low, high) in edges.items()
    ]
    threshold = element("polyline", "", "cs-curve-threshold", points=" ".join(line([p.threshold for p in points])))
    curve = element("polyline", "", "cs-curve-line", points=" ".join(line([p.probability for p in points])))
    inner = "".join(zones) + "".join(_unlearnt(points, across)) + threshold + curve
    return element("svg", inner, viewBox="0 0 100 100", preserveAspectRatio="none", aria_hidden="true")


def _unlearnt(points: Sequence[CurvePoint], across: Place) -> list[str]:
    """Where the model has learnt from nothing alike: from halfway to the neighbour that it has learnt from."""
    places = [across(point) for point in points]
    middles = [0.0, *((left + right) / 2 for left, right in pairwise(places)), 100.0]
    found = []
    for learnt, run in groupby(range(len(points)), key=lambda place: points[place].learnt):
        indices = list(run)
        left, right = middles[indices[0]], middles[indices[-1] + 1]
        if not learnt:
            rectangle = {"x": f"{left:.2f}", "y": "0", "width": f"{right - left:.2f}", "height": "100"}
            found.append(element("rect", "", "cs-curve-outside", **rectangle))
    return found


def _keys(curve: Curve, points: Sequence[CurvePoint], language: Language) -> str:
    """What each mark means; a range of thresholds where these follow the amount."""
    thresholds = sorted({percent(point.threshold, language) for point in (points[0], points[-1])})
    named = text("screen.threshold", language, threshold=" – ".join(thresholds))
    keys = [(f"cs-zone-{outcome}", text(f"decision.{outcome}", language)) for outcome in OUTCOMES]
    keys += [("cs-curve-threshold", named), ("cs-curve-today", text("curve.today", language))]
    if not all(point.learnt for point in points):
        keys.append(("cs-curve-outside", text("curve.outside_key", language)))
    marks = "".join(element("li", element("i", "", key) + words("span", label)) for key, label in keys)
    return element("ul", marks, "cs-keys")


def _notes(curve: Curve, language: Language) -> list[str]:
    """What stays as it is along this curve, that the model ignores the field, and how to move along."""
    kept = {CREDIT: curve.keep, INSTALMENT: "amount", TERM: "rate"}.get(curve.field)
    notes = [text(f"curve.kept.{kept}", language)] if kept else []
    if not curve.is_read:
        notes.append(text("curve.not_read", language))
    return [*notes, text("curve.how" if _in_form(curve.field) else "curve.only_looked_at", language)]


def _table(curve: Curve, points: Sequence[CurvePoint], loans: Sequence[LoanTerms | None], language: Language) -> str:
    """The same as a table."""
    rows = []
    for point, loan in zip(points, loans, strict=True):
        decision = text(f"decision.{point.decision}", language)
        outside = "" if point.learnt else f" ({text('curve.outside', language)})"
        probability = percent(point.probability, language, digits_of(point))
        row = (_value_in_words(curve, point.value, language), probability, decision + outside)
        rows.append((*row, *([terms_in_words(loan, language)] if loan else [])))
    label = _label(curve.field, language)
    keys = ("chart.probability", "curve.decision", "curve.terms")[: len(rows[0]) - 1]
    caption = text("curve.table", language, label=label)
    table = table_html(Table(caption, (label, *(text(key, language) for key in keys)), rows))
    return element("details", words("summary", text("screen.as_table", language)) + scrolling(table, caption))
