"""The record holds all that a decision rests on, the letter only what an applicant is owed; both stand alone."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from html.parser import HTMLParser

import pytest

from scoring.documents.record import RIGHTS, Record, Verdict, letter_html, record_html
from scoring.serving.service import Service, assess, commented, record_of
from scoring.words.language import LANGUAGES
from scoring.words.wording import percent, text

AT = datetime(2026, 11, 25, 19, 5, tzinfo=UTC)
HOSTILE = "<script>alert(1)</script> & \"quoted\" 'words' ${title} $body"
NEW = {"AMT_CREDIT": 300_000, "AMT_ANNUITY": 15_000, "AMT_INCOME_TOTAL": 150_000, "DAYS_BIRTH": -12_000}
VOID = {"meta", "br", "path", "use", "rect"}


class Reader(HTMLParser):
    """Checks that elements nest, and gathers tags, addresses and words."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.addresses: list[str] = []
        self.words: list[str] = []

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        self.addresses += [value for name, value in attributes if name in ("src", "href", "xlink:href", "action")]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.handle_starttag(tag, attributes)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        if tag not in VOID:
            assert self.open.pop() == tag

    def handle_data(self, data):
        if not {"style", "title"} & set(self.open):
            self.words.append(data)


def read(page: str) -> Reader:
    reader = Reader()
    reader.feed(page)
    reader.close()
    assert reader.open == []
    return reader


def words_of(page: str) -> str:
    return re.sub(r"\s+", " ", " ".join(read(page).words))


@pytest.fixture(scope="module")
def refused(service: Service, applicants) -> int:
    return next(i for i in applicants.ids.tolist() if assess(service, i, {}, "en").decision.outcome == "refuse")


def made(service: Service, applicant_id: int | None, changes: dict, language="en", verdict=None) -> Record:
    return record_of(service, assess(service, applicant_id, changes, language), verdict, AT)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_record_holds_what_the_decision_rests_on(service, refused, language):
    changes = {"AMT_CREDIT": 427_500, "DAYS_EMPLOYED": -900}
    told = words_of(record_html(made(service, refused, changes, language)))
    scored = commented(service, assess(service, refused, changes, language))
    squeezed = {
        text("screen.applicant", language, id=refused),
        percent(scored.probability, language),
        percent(scored.threshold, language),
        scored.comment,
        scored.model.revision,
        service.artifact.manifest["code_commit"],
        *(reason.label for reason in scored.reasons),
        text("record.not_decided", language),
    }
    told = told.replace("\u202f", " ").replace("\xa0", " ")
    assert all(part.replace("\u202f", " ").replace("\xa0", " ") in told for part in squeezed)
    assert "2.5 years" in told or "2,5 ans" in told
    assert "2026" in told


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_says_its_language_and_fetches_nothing(service, refused, language):
    record = made(service, refused, {}, language)
    for page in (record_html(record), letter_html(record, Verdict("refuse", ""))):
        reader = read(page)
        assert f'<html lang="{language}">' in page
        assert not {"script", "link", "img", "iframe", "object", "form"} & set(reader.tags)
        assert all(address.startswith("#") for address in reader.addresses)
        assert "url(http" not in page
        assert "$" not in page
        assert "None" not in words_of(page)


def test_what_the_adviser_typed_is_escaped_everywhere(service, refused):
    verdict = Verdict("approve", HOSTILE)
    record = made(service, refused, {}, verdict=verdict)
    overruled = replace(record, score=replace(record.score, decision="approve"))
    for page in (record_html(record), letter_html(overruled, Verdict("refuse", HOSTILE))):
        reader = read(page)
        assert "script" not in reader.tags
        assert HOSTILE in " ".join(reader.words)


def test_what_the_model_and_the_file_name_is_escaped(service, refused):
    record = made(service, refused, {})
    named = replace(record.score, model=replace(record.score.model, source=HOSTILE), comment=HOSTILE)
    reasons = [replace(reason, label=HOSTILE, value=HOSTILE) for reason in record.score.reasons]
    hostile = replace(record, score=replace(named, reasons=reasons), code_commit=HOSTILE)
    for page in (record_html(hostile), letter_html(hostile, Verdict("refuse", ""))):
        assert "script" not in read(page).tags


def test_a_decision_against_the_recommendation_is_said_to_be_so(service, refused):
    against = text("record.against", "en")
    assert against in record_html(made(service, refused, {}, verdict=Verdict("approve", "Known for years")))
    assert against not in record_html(made(service, refused, {}, verdict=Verdict("refuse", "")))


def test_a_change_that_changes_nothing_is_not_listed(service, applicants, refused):
    same = {"AMT_CREDIT": applicants.find(refused).raw["AMT_CREDIT"]}
    assert text("record.no_changes", "en") in record_html(made(service, refused, same))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_letter_of_refusal_gives_reasons_and_rights_and_no_figures_of_the_model(service, refused, language):
    record = made(service, refused, {}, language)
    told = words_of(letter_html(record, Verdict("refuse", "for the file only")))
    assert text("letter.refuse", language) in told
    assert all(" ".join(reason.label.split()) in told for reason in record.score.reasons)
    assert all(text(f"letter.right.{right}", language) in told for right in RIGHTS)
    withheld = (percent(record.score.probability, language), percent(record.score.threshold, language))
    assert not any(figure in told for figure in (*withheld, record.score.model.revision, "for the file only"))


@pytest.mark.parametrize("outcome", ["approve", "refer"])
def test_other_letters_give_no_reasons(service, refused, outcome):
    told = words_of(letter_html(made(service, refused, {}), Verdict(outcome, "")))
    assert text(f"letter.{outcome}", "en") in told
    assert text("letter.reasons", "en") not in told


def test_a_refusal_against_the_recommendation_gives_the_advisers_reason(service, applicants):
    approved = next(i for i in applicants.ids.tolist() if assess(service, i, {}, "en").decision.outcome == "approve")
    record = made(service, approved, {})
    told = words_of(letter_html(record, Verdict("refuse", "The goods are not for sale.")))
    assert "The goods are not for sale." in told
    assert not any(reason.label in told for reason in record.score.reasons)


def test_a_model_of_made_up_data_says_so_in_both(service, refused):
    record = made(service, refused, {})
    for page in (record_html(record), letter_html(record, Verdict("refuse", ""))):
        assert text("warning.synthetic", "en") in page


def test_a_new_application_has_a_record(service):
    assert text("screen.new_application", "en") in record_html(made(service, None, NEW))
