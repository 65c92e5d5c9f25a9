"""The what-if form: what is shown, what counts as a change, and what is refused in words."""

from __future__ import annotations

import gradio as gr
import pytest

from scoring.applicants.store import ApplicantsFile
from scoring.errors import InvalidInputError
from scoring.interface.form import Entered, Entry, changes_of, entries_of, form_fields, lacking
from scoring.interface.html import words
from scoring.interface.verdict import decision_words
from scoring.interface.what_if_tab import WhatIfTab
from scoring.lender.roles import BIRTH, NOT_EMPLOYED
from scoring.schema.definition import Raw
from scoring.schema.fields import fields
from scoring.words.language import LANGUAGES, browser_language
from scoring.words.wording import text

NAMES = [item.raw.name for item in form_fields()]


def entered(raw: dict[str, Raw], **entries: Entry) -> list[Entry]:
    """The form of an applicant with some entries typed anew."""
    return [entries.get(name, shown) for name, shown in zip(NAMES, entries_of(raw, {}, "en"), strict=True)]


@pytest.fixture
def raw(applicants: ApplicantsFile, some_ids: list[int]) -> dict[str, Raw]:
    return {**applicants.find(some_ids[7]).raw, "DAYS_EMPLOYED": -1000, "OCCUPATION_TYPE": "Drivers"}


def test_the_form_asks_for_every_editable_field_and_no_other():
    assert sorted(NAMES) == sorted(name for name, field in fields().items() if field.editable)


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_each_field_means_stands_under_its_theme(language):
    with gr.Blocks():
        tab = WhatIfTab(language)
    shown = tab.relabel(language, ())
    headings = "".join(shown[heading]["value"] for heading in tab.headings.values())
    for item in form_fields():
        meaning = f'<dd data-explains="entry-{item.raw.name}">{words("span", item.meaning[language])}</dd>'
        assert f"{words('dt', item.label[language])}{meaning}" in headings


@pytest.mark.parametrize(("reads", "key"), [((), "screen.why_birth"), ((BIRTH,), "screen.birth_is_read")])
def test_why_the_date_of_birth_is_asked_for_depends_on_what_the_model_reads(reads, key):
    with gr.Blocks():
        tab = WhatIfTab("en")
    entry = tab.entries[NAMES.index(BIRTH)]
    assert tab.relabel("en", reads)[entry]["info"] == text(key, "en")


def test_what_nobody_touched_is_no_change(applicants: ApplicantsFile, some_ids: list[int]):
    for one in some_ids:
        on_file = applicants.find(one).raw
        for language in LANGUAGES:
            entered = changes_of(on_file, entries_of(on_file, {}, language), new=False, language=language)
            assert entered == Entered({}, {})


@pytest.mark.parametrize(
    ("name", "entry", "value"),
    [
        ("AMT_CREDIT", "123,456.5", 123_456.5),
        ("AMT_CREDIT", " 123 456,5 ", 123_456.5),
        ("DAYS_BIRTH", "50", -18_262),
        ("DAYS_BIRTH", "18.0", -6_574),
        ("DAYS_BIRTH", "100", -36_525),
        ("DAYS_LAST_PHONE_CHANGE", "", None),
        ("DAYS_EMPLOYED", " ", NOT_EMPLOYED),
        ("OCCUPATION_TYPE", "", None),
        ("FLAG_OWN_CAR", "Y", "Y"),
        ("FLAG_PHONE", 1, 1),
    ],
)
def test_an_entry_becomes_a_raw_value(raw: dict[str, Raw], name: str, entry: Entry, value: Raw):
    before = {**raw, "FLAG_OWN_CAR": "N", "FLAG_PHONE": 0, "DAYS_LAST_PHONE_CHANGE": -700.0}
    assert changes_of(before, entered(before, **{name: entry}), new=False, language="en").changes == {name: value}


def test_nobody_is_shown_a_thousand_years_without_employment(raw: dict[str, Raw]):
    shown = entries_of({**raw, "DAYS_EMPLOYED": NOT_EMPLOYED}, {}, "en")
    assert shown[NAMES.index("DAYS_EMPLOYED")] == ""


@pytest.mark.parametrize(
    ("name", "entry", "message"),
    [
        ("AMT_CREDIT", "-5", "Amount of the loan: \u22125 is not allowed. Enter 1 to 1,000,000,000."),
        ("AMT_CREDIT", "", "Amount of the loan is required: enter a value."),
        ("CNT_CHILDREN", "1.5", "Number of children: 1.5 is not allowed. Enter a whole number, 0 to 30."),
        (
            "AMT_CREDIT",
            "lots",
            "Amount of the loan: “lots” is not a number, or can be read in two ways. Enter 1 to 1,000,000,000.",
        ),
        ("DAYS_BIRTH", "12", "Age: 12 years is not allowed. Enter 18 to 100 years."),
    ],
)
def test_a_bad_entry_is_refused_in_the_readers_words(raw: dict[str, Raw], name: str, entry: Entry, message: str):
    found = changes_of(raw, entered(raw, **{name: entry}), new=False, language="en")
    assert found.problems == {name: message}


@pytest.mark.parametrize(
    ("name", "entry"),
    [
        ("OCCUPATION_TYPE", "nonsense"),
        ("OCCUPATION_TYPE", [1, 2]),
        ("FLAG_OWN_CAR", {"a": 1}),
        ("AMT_CREDIT", [1, 2]),
        ("DAYS_BIRTH", {"a": 1}),
    ],
)
def test_what_no_form_would_send_is_refused_in_words_too(raw: dict[str, Raw], name: str, entry: Entry):
    found = changes_of(raw, entered(raw, **{name: entry}), new=False, language="en")
    assert found.problems.keys() == {name}
    assert str(entry) in found.problems[name]


def test_numbers_are_read_in_the_language_in_which_they_were_typed(raw: dict[str, Raw]):
    on_file = {**raw, "AMT_CREDIT": 270_000.0}
    french = entries_of(on_file, {"AMT_ANNUITY": 32_836.5}, "fr")
    found = changes_of(on_file, french, new=False, language="en", typed_in="fr")
    assert found == Entered({"AMT_ANNUITY": 32_836.5}, {})


def test_a_value_typed_in_another_way_of_writing_is_no_change(raw: dict[str, Raw]):
    on_file = {**raw, "AMT_CREDIT": 270_000.0}
    for typed in ("270000", "270 000", "270,000.00"):
        assert changes_of(on_file, entered(on_file, AMT_CREDIT=typed), new=False, language="en").changes == {}


def test_an_empty_application_says_what_it_lacks():
    empty = dict.fromkeys(fields())
    assert lacking(empty, {}, "fr") == ["Montant du prêt", "Mensualité", "Revenu annuel", "Âge"]


def test_what_readers_type_is_never_html():
    assert words("p", '<img src="x">') == "<p>&lt;img src=&quot;x&quot;&gt;</p>"


def test_a_decision_is_said_and_not_only_coloured():
    assert len({decision_words(outcome, "en") for outcome in ("approve", "refer", "refuse")}) == 3
    assert "Refer to a colleague" in decision_words("refer", "en")


@pytest.mark.parametrize(
    ("accepted", "language"),
    [("fr-CA,fr;q=0.9,en;q=0.8", "fr"), ("en-US,en", "en"), ("de,fr;q=0.5", "fr"), ("de", "en"), ("", "en")],
)
def test_the_first_language_that_the_screen_speaks_is_taken(accepted: str, language: str):
    assert browser_language(accepted) == language


@pytest.mark.parametrize("name", [field.raw.name for field in form_fields() if field.raw.required])
def test_an_entry_that_is_said_to_be_required_cannot_be_emptied(name: str) -> None:
    item = next(item for item in form_fields() if item.raw.name == name)
    with pytest.raises(InvalidInputError, match=item.label["en"]):
        item.raw_value(None, "en")
