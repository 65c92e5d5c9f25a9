"""What a change comes to: the decision before and after, each change beside its value on file, and the loan's price."""

from __future__ import annotations

from scoring.answers.applicant import Score
from scoring.applicants.in_words import field_in_words
from scoring.applicants.loan import LoanTerms, loan_terms
from scoring.decision.in_words import digits_of
from scoring.documents.loan_words import price_in_words
from scoring.interface.case import Case
from scoring.interface.form import FormField, form_fields
from scoring.interface.html import element, page, scrolling, words
from scoring.interface.verdict import decision_words
from scoring.lender.roles import RATE, TERM
from scoring.schema.features import derived_features
from scoring.words.language import Language
from scoring.words.wording import number, percent, text, value_in_words

Row = tuple[str, str, str, str]


def result_html(case: Case) -> str:
    """Before and after side by side, the list of changes, and what they do to the loan's price."""
    language, before = case.language, case.score_on_file
    if before is None:
        sides = [_side(text("screen.new_application", language), case.score, language)]
        return page([element("div", "".join(sides), "cs-sides")], language, "cs-card cs-result")
    points = 100 * (case.score.probability - before.probability)
    change = words("small", text("chart.points", language, number=_signed(points, number(abs(points), language, 1))))
    sides = [
        _side(text("screen.before", language), before, language),
        _side(text("screen.after", language), case.score, language, change if case.changes else ""),
    ]
    return page([element("div", "".join(sides), "cs-sides"), _changes(case)], language, "cs-card cs-result")


def _side(title: str, score: Score, language: Language, extra: str = "") -> str:
    """One side of before and after."""
    digits = digits_of(score)
    probability = words("b", percent(score.probability, language, digits), "cs-figure-number")
    # Changing the loan may change its threshold, too.
    shown = percent(score.threshold, language, digits)
    threshold = words("small", text("screen.threshold", language, threshold=shown))
    decision = words("h3", title) + decision_words(score.decision, language)
    return element("div", decision + probability + extra + threshold, "cs-side")


def _signed(difference: float, size: str) -> str:
    return ("+" if difference > 0 else "−" if difference < 0 else "") + size


def _changes(case: Case) -> str:
    """The changes beside the values on file, and the terms of the loan that follow."""
    language = case.language
    changed = [item for item in form_fields() if item.raw.name in case.changes]
    if not changed:
        return words("p", text("screen.no_changes", language), "cs-small")
    before, after = loan_terms(case.applicant), loan_terms(case.requested)
    names = (text(f"screen.{key}", language) for key in ("field", "on_file", "change", "now"))
    head = element("tr", "".join(element("th", words("span", name), scope="col") for name in names))
    rows = "".join(_row(_changed(item, case)) for item in changed)
    rows += "".join(_row(row, "cs-follows") for row in _following(before, after, language))
    table = element("table", element("thead", head) + element("tbody", rows), "cs-table")
    price = price_in_words(before, after, language)
    note = words("p", price, "cs-price") if price else ""
    return scrolling(table, text("screen.field", language)) + note


def _row(row: Row, classes: str = "") -> str:
    label, *figures = row
    cells = "".join(words("td", figure) for figure in figures)
    return element("tr", element("th", words("span", label), scope="row") + cells, classes)


def _changed(item: FormField, case: Case) -> Row:
    """A changed field: its value on file, by how much it changes, and its value now."""
    language, name = case.language, item.raw.name
    on_file, now = case.applicant.raw[name], case.changes[name]
    shown = (item.shown(on_file), item.shown(now))
    change = _difference(*shown, item.asked.unit, language) if item.raw.kind == "quantitative" else ""
    return (
        item.label[language],
        field_in_words(name, on_file, language),
        change,
        field_in_words(name, now, language),
    )


def _difference(before: object, after: object, unit: str, language: Language) -> str:
    if not isinstance(before, (int, float)) or not isinstance(after, (int, float)) or before == after:
        return ""
    return _signed(after - before, value_in_words(abs(after - before), unit, language))


def _following(before: LoanTerms, after: LoanTerms, language: Language) -> list[Row]:
    """Term, yearly rate and total of the loan, if any of them changes."""
    labels = {feature.name: feature.label[language] for feature in derived_features()}
    terms = (
        (labels[TERM], before.months, after.months, "months"),
        (labels[RATE], before.yearly_rate, after.yearly_rate, "share"),
        (text("loan.total_label", language), before.total, after.total, "amount"),
    )
    if before == after:
        return []
    return [
        (
            label,
            value_in_words(old, unit, language),
            _points(old, new, language) if unit == "share" else _difference(old, new, unit, language),
            value_in_words(new, unit, language),
        )
        for label, old, new, unit in terms
    ]


def _points(before: float | None, after: float | None, language: Language) -> str:
    """The difference of two shares in percentage points."""
    if before is None or after is None or before == after:
        return ""
    points = 100 * (after - before)
    return text("chart.points", language, number=_signed(points, number(abs(points), language, 1)))
