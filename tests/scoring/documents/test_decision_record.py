"""The record holds everything that a decision rests on, and is self-contained."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from scoring.decision.in_words import points_in_words
from scoring.documents.record import Record, Verdict, record_html
from scoring.serving.service import Service, assess, commented, record_of
from scoring.words.language import LANGUAGES
from scoring.words.wording import percent, text
from tests.reader import HOSTILE, read, words_of

AT = datetime(2026, 11, 25, 19, 5, tzinfo=UTC)
NEW = {"AMT_CREDIT": 300_000, "AMT_ANNUITY": 15_000, "AMT_INCOME_TOTAL": 150_000, "DAYS_BIRTH": -12_000}


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
        points_in_words(scored.points, scored.score_band, language, "points.short"),
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
def test_the_record_says_its_language_and_fetches_nothing(service, refused, language):
    page = record_html(made(service, refused, {}, language))
    reader = read(page)
    assert f'<html lang="{language}">' in page
    assert not {"script", "link", "img", "iframe", "object", "form"} & set(reader.tags)
    assert all(address.startswith("#") for address in reader.addresses)
    assert "url(http" not in page
    assert "$" not in page
    assert "None" not in words_of(page)


def test_what_the_adviser_typed_is_escaped_everywhere(service, refused):
    page = record_html(made(service, refused, {}, verdict=Verdict("approve", HOSTILE, HOSTILE, HOSTILE, HOSTILE)))
    reader = read(page)
    assert "script" not in reader.tags
    assert " ".join(reader.words).count(HOSTILE) == 4


def test_what_the_model_and_the_file_name_is_escaped(service, refused):
    record = made(service, refused, {})
    named = replace(record.score, model=replace(record.score.model, source=HOSTILE), comment=HOSTILE)
    reasons = [replace(reason, label=HOSTILE, value=HOSTILE) for reason in record.score.reasons]
    page = record_html(replace(record, score=replace(named, reasons=reasons), code_commit=HOSTILE))
    assert "script" not in read(page).tags


def test_who_decided_why_and_under_which_entry_is_said(service, refused):
    verdict = Verdict("approve", "Known customer", "Repaid two loans in 2024", "smith", "12-ab34")
    told = words_of(record_html(made(service, refused, {}, verdict=verdict)))
    assert all(part in told for part in ("Known customer", "Repaid two loans in 2024", "smith", "12-ab34"))


def test_a_decision_against_the_recommendation_is_said_to_be_so(service, refused):
    against = text("record.against", "en")
    approval, refusal = (Verdict(outcome, "", "", "smith", "1-a") for outcome in ("approve", "refuse"))
    assert against in record_html(made(service, refused, {}, verdict=approval))
    assert against not in record_html(made(service, refused, {}, verdict=refusal))


def test_a_change_that_changes_nothing_is_not_listed(service, applicants, refused):
    same = {"AMT_CREDIT": applicants.find(refused).raw["AMT_CREDIT"]}
    assert text("record.no_changes", "en") in record_html(made(service, refused, same))


def test_a_model_of_made_up_data_says_so(service, refused):
    assert text("warning.synthetic", "en") in record_html(made(service, refused, {}))


def test_a_new_application_has_a_record(service):
    assert text("screen.new_application", "en") in record_html(made(service, None, NEW))
