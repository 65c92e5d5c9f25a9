"""The page for files of applications: what is sent, how far it is, what was found, and the file to fetch.

The browser sends the file to `/batch` itself (`scripts/portfolio.js`): gradio would keep it where others could find it.
"""

from __future__ import annotations

import gradio as gr

from scoring.charts import portfolio_figure, portfolio_table, svg
from scoring.decision.rule import OUTCOMES
from scoring.interface.case import Shown
from scoring.interface.html import alert, element, figure_html, icon, notice, page, scrolling, table_html, words
from scoring.interface.who import BATCH
from scoring.markup import Table
from scoring.portfolio.batches import Batch
from scoring.portfolio.reading import MOST_BYTES, MOST_ROWS, refused
from scoring.words.language import Language
from scoring.words.wording import number, percent, text

REDRAW_SECONDS = 2
ENDINGS = ".csv,.parquet,.arrow,.feather"
FORMS = {"csv": "CSV", "parquet": "Parquet"}
MEGABYTE = 1_000_000


def form_html(language: Language) -> str:
    """The form that sends a file; the script shows its last two parts while it does, or what was refused."""
    limits = {"rows": number(MOST_ROWS, language, 0), "size": number(MOST_BYTES / MEGABYTE, language, 0)}
    explained = words("p", text("portfolio.what", language, **limits))
    chosen = element(
        "label",
        words("span", text("portfolio.file", language))
        + element("input", "", name="file", type="file", accept=ENDINGS, required="required"),
    )
    options = "".join(element("option", label, value=form) for form, label in FORMS.items())
    wanted = element(
        "label", words("span", text("portfolio.result_form", language)) + element("select", options, name="form")
    )
    send = element("button", words("span", text("portfolio.send", language)), "cs-button", type="submit")
    label = text("portfolio.sending", language)
    progress = element("progress", "", aria_label=label, max="1", value="0") + words("span", label)
    stop = element("button", words("span", text("portfolio.stop_sending", language)), "cs-command", type="button")
    form = element(
        "form",
        element("div", chosen + wanted + send, "cs-fields")
        + element("div", progress + stop, "cs-sending", hidden="hidden", role="status"),
        id="portfolio-form",
        data_language=language,
        data_most=str(MOST_BYTES),
        data_too_large=str(refused("too_large", language, most=MOST_BYTES)),
        data_not_sent=text("portfolio.not_sent", language),
    )
    title = words("h2", text("screen.portfolio", language))
    problem = element("p", "", "cs-notice cs-problem", id="portfolio-problem", role="alert", hidden="hidden")
    return page([title, explained, form, problem], language, "cs-card cs-section")


def batch_html(batch: Batch, language: Language) -> str:
    """How far a file is, or what became of it."""
    match batch.state:
        case "done":
            return _done(batch, language)
        case "failed":
            return alert(batch.error, batch.language)
        case "cancelled":
            return notice(text("portfolio.cancelled", language), language)
    return page([_progress(batch, language)], language, "cs-card cs-section")


def _progress(batch: Batch, language: Language) -> str:
    if batch.state != "running" or batch.expected is None:
        message = text("portfolio.waits", language)
        return words("p", message) + element("progress", "", aria_label=message)
    rows, expected = (number(count, language, 0) for count in (batch.rows, batch.expected))
    message = text("portfolio.progress", language, rows=rows, expected=expected)
    bar = element("progress", "", aria_label=message, max=str(max(1, batch.expected)), value=str(batch.rows))
    return words("p", message) + bar


def _done(batch: Batch, language: Language) -> str:
    link = element(
        "a",
        words("span", text("portfolio.fetch", language, name=batch.answer.name)),
        "cs-save",
        # Relative: gradio's page has the app's address as its base.
        href=f"{BATCH.removeprefix('/')}/{batch.number}/file",
        download=batch.answer.name,
    )
    assert batch.model is not None
    by = text("portfolio.scored_by", language, rows=number(batch.rows, language, 0), version=batch.model.version)
    summary = words("h2", text("portfolio.result", language)) + words("p", by) + _counts(batch, language)
    parts = [page([summary, element("p", link)], language, "cs-card cs-section")]
    if batch.rows > batch.refused:
        low, high = batch.thresholds
        drawn = svg(portfolio_figure, batch.bins, low if low == high else None, language)
        parts.append(figure_html(drawn, portfolio_table(batch.bins, language), language))
    if batch.errors:
        parts.append(_errors(batch, language))
    return element("div", "".join(parts), "cs-portfolio")


def _counts(batch: Batch, language: Language) -> str:
    """How many applications have each decision or an error, with their shares."""
    counts = [(icon(outcome), f"decision.{outcome}", batch.decisions[outcome]) for outcome in OUTCOMES]
    lines = "".join(
        element(
            "div",
            element("dt", drawn + words("span", text(key, language)))
            + words("dd", number(count, language, 0))
            + words("dd", percent(count / batch.rows, language), "cs-small"),
        )
        for drawn, key, count in [*counts, ("", "portfolio.in_error", batch.refused)]
    )
    return element("dl", lines, "cs-counts")


def _errors(batch: Batch, language: Language) -> str:
    """The first rows that were refused, in the language in which the file was sent."""
    rows: list[tuple[str, ...]] = [(number(row, language, 0), error) for row, error in batch.errors]
    headers = (text("portfolio.row", language), text("portfolio.error", language))
    shown, refusals = (number(count, language, 0) for count in (len(rows), batch.refused))
    key = "portfolio.first_errors" if batch.refused > len(rows) else "portfolio.errors"
    title = text(key, language, shown=shown, refused=refusals)
    listed = element("div", scrolling(table_html(Table(title, headers, rows)), title), lang=batch.language)
    return page([words("h2", title), listed], language, "cs-card cs-section cs-refusals")


class PortfolioView:
    """The page's components and what they show; the page stores `number`, the file that is shown."""

    def __init__(self) -> None:
        # In the document, unseen: the script writes the number into it.
        self.number = gr.Textbox("", visible="hidden", elem_id="portfolio-number")
        # While a file is being scored, what is shown is drawn again by itself.
        self.timer = gr.Timer(REDRAW_SECONDS, active=False)
        with gr.Column(visible=False, elem_id="portfolio-page") as self.column:
            self.form = gr.HTML(apply_default_css=False, elem_id="portfolio-sent")
            self.view = gr.HTML(apply_default_css=False, elem_id="portfolio-view")
            self.cancel = gr.Button(size="md", min_width=60, elem_id="portfolio-cancel", visible=False)

    @property
    def drawn(self) -> list[gr.HTML | gr.Button | gr.Timer]:
        """What drawing a file may change."""
        return [self.view, self.cancel, self.timer]

    def relabel(self, language: Language) -> Shown:
        """The form and the button in a language."""
        return {
            self.form: {"value": form_html(language)},
            self.cancel: {"value": text("portfolio.cancel", language)},
        }

    def draw(self, batch: Batch, language: Language) -> Shown:
        """A file, drawn again until it has ended."""
        going = batch.ended_at is None
        return {
            self.view: {"value": batch_html(batch, language)},
            self.cancel: {"visible": going},
            self.timer: {"active": going},
        }

    def noticed(self, message: str, language: Language) -> Shown:
        """A notice in place of a file; nothing for no message."""
        return {
            self.view: {"value": notice(message, language)},
            self.cancel: {"visible": False},
            self.timer: {"active": False},
        }
