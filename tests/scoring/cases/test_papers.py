"""The letter says what was decided and why, and never what colleagues wrote for each other."""

from __future__ import annotations

import re
from dataclasses import asdict, replace
from datetime import UTC, datetime

import pytest

from scoring.assessment.offers import counter_offers
from scoring.cases.orders import Order, Standing
from scoring.cases.papers import history_of, letter_of, reference_of, verdict_of
from scoring.cases.policy import read_policy
from scoring.cases.steps import decide
from scoring.documents.plans import history_lines
from scoring.documents.reasons import headline_in_letter
from scoring.errors import InvalidInputError
from scoring.journal.journal import EntryFilter
from scoring.serving.service import assess, commented
from scoring.serving.settings import DEMO_POLICY
from scoring.words.language import LANGUAGES
from scoring.words.wording import percent, text
from tests.reader import HOSTILE, read, words_of
from tests.scoring.cases.conftest import SUE, TEAM

RIGHTS = ("review", "explanation", "data", "complaint")
# Confirmed later than it was decided.
STANDING = Standing("decided", decided_at=datetime(2031, 1, 4, tzinfo=UTC), expires_at=datetime(2031, 2, 3, tzinfo=UTC))
NOTE = "Between us: the brother-in-law pays"


@pytest.fixture
def decided(local_desk, service, recommended):
    def decide_on(recommendation: str, outcome: str, **order):
        wanted = Order(recommended(recommendation), order.pop("changes", None), outcome, note=NOTE, **order)
        recorded = decide(local_desk, service, SUE, wanted, TEAM)
        (entry,) = local_desk.journal.entries(EntryFilter(after=recorded.entry - 1))
        return entry

    return decide_on


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_refusal_gives_reasons_lender_and_rights_and_neither_figures_nor_the_note(decided, service, policy, language):
    entry = decided("refuse", "refuse", language=language)
    told = words_of(letter_of(entry, STANDING, policy, synthetic=False))
    score = commented(service, assess(service, entry.applicant_id, {}, language))
    assert all(words_of(headline_in_letter(reason, language)) in told for reason in score.reasons)
    assert all(text(f"letter.right.{right}", language) in told for right in RIGHTS)
    assert policy.lender.name[language] in told
    assert policy.lender.contact[language] in told
    withheld = (percent(score.probability, language), percent(score.threshold, language), score.model.revision)
    assert not any(part in told for part in (*withheld, NOTE, "sue"))


def test_the_letter_states_only_the_reasons_that_were_chosen(decided, service, policy, recommended):
    first, *others = commented(service, assess(service, recommended("refuse"), {}, "en")).reasons
    told = words_of(
        letter_of(decided("refuse", "refuse", told_reasons=[first.feature]), STANDING, policy, synthetic=False)
    )
    assert headline_in_letter(first, "en") in told
    assert not any(headline_in_letter(reason, "en") in told for reason in others)


def test_a_refusal_against_the_recommendation_tells_the_listed_reason_in_its_own_words(decided, policy):
    told = words_of(
        letter_of(decided("approve", "refuse", reason_code="purpose", told_reasons=[]), STANDING, policy, False)
    )
    assert policy.reasons["purpose"].letter["en"] in told
    assert policy.reasons["purpose"].words["en"] not in told


def test_an_approval_names_the_loan_that_was_decided_beside_what_was_asked_for(decided, service, policy):
    entry = decided("approve", "approve", changes={"AMT_CREDIT": 222_222.0})
    told = words_of(letter_of(entry, STANDING, policy, synthetic=False))
    asked = service.applicants.find(entry.applicant_id).raw["AMT_CREDIT"]
    assert f"222,222 (instead of {asked:,.0f})" in told
    assert "January 4, 2031" in told
    assert "This approval holds until February 3, 2031" in told
    assert "principal reasons" not in told


def test_a_likely_term_is_in_whole_months(decided, policy):
    told = words_of(
        letter_of(decided("approve", "approve", changes={"AMT_CREDIT": 222_222.0}), STANDING, policy, False)
    )
    assert re.search(r"Likely term of the loan \d+ months", told)
    assert not re.search(r"\.\d+ months", told)


def test_a_loan_as_asked_for_is_beside_nothing(decided, policy):
    assert "instead of" not in words_of(letter_of(decided("approve", "approve"), STANDING, policy, synthetic=False))


def test_a_referral_says_that_nothing_is_decided(decided, policy):
    told = words_of(letter_of(decided("refer", "refer"), STANDING, policy, synthetic=False))
    assert "not decided yet" in told
    assert "made this decision" not in told


def test_a_model_of_made_up_data_says_so(decided, policy):
    assert text("warning.synthetic", "en") in letter_of(decided("approve", "approve"), STANDING, policy, synthetic=True)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_letter_stands_alone_and_escapes_what_it_is_given(decided, policy, language):
    entry = decided("refuse", "refuse", language=language)
    reasons = [{**reason, "label": HOSTILE, "value": None} for reason in entry.payload["reasons"]]
    page = letter_of(replace(entry, payload={**entry.payload, "reasons": reasons}), STANDING, policy, synthetic=True)
    reader = read(page)
    assert f'<html lang="{language}">' in page
    assert not {"script", "link", "img", "iframe", "object", "form"} & set(reader.tags)
    assert reader.addresses == []
    assert HOSTILE in " ".join(reader.words)
    assert "None" not in words_of(page)


def test_a_template_that_names_what_it_is_not_given_is_reported(decided, tmp_path, policy):
    for file in DEMO_POLICY.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    (tmp_path / "letter.en.html").write_text("{{ conditions }}{{ applicants_name }}")
    with pytest.raises(InvalidInputError, match=r"letter\.en\.html: 'applicants_name' is undefined"):
        letter_of(decided("approve", "approve"), STANDING, read_policy(tmp_path), synthetic=False)


def test_a_template_that_would_keep_the_conditions_from_the_applicant_is_refused(tmp_path):
    for file in DEMO_POLICY.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    (tmp_path / "letter.fr.html").write_text("{{ outcome }}")
    with pytest.raises(InvalidInputError, match=r"letter\.fr\.html: does not print `conditions`"):
        read_policy(tmp_path)


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_approval_names_what_is_to_be_done_about_the_history_first(
    local_desk, service, policy, history_plan, language
):
    assessment, plan = history_plan
    conditions = {"changes": plan.changes, "history": [asdict(move) for move in plan.history], "language": language}
    order = Order(assessment.applicant.applicant_id, outcome="approve", **conditions)
    recorded = decide(local_desk, service, SUE, order, TEAM)
    (entry,) = local_desk.journal.entries(EntryFilter(after=recorded.entry - 1))
    (line,) = history_lines(history_of(entry.payload, language))
    assert words_of(line) in words_of(letter_of(entry, STANDING, policy, synthetic=False))
    assert str(round(plan.history[0].cost)) in "".join(filter(str.isdigit, line))
    assert (entry.payload["recommendation"], entry.payload["against_recommendation"]) == ("approve", False)


def test_the_record_names_the_reason_the_note_and_the_entry(decided, policy):
    entry = decided("approve", "refer", reason_code="second_opinion")
    verdict = verdict_of(entry, policy, "fr")
    assert (verdict.outcome, verdict.note, verdict.by) == ("refer", NOTE, "sue")
    assert verdict.reason == policy.reasons["second_opinion"].words["fr"]
    assert verdict.reference == reference_of(entry) == f"{entry.number}-{entry.hash[:16]}"


def told_to(entry, policy, **payload):
    """The letter as it would be with this in the entry."""
    return words_of(letter_of(replace(entry, payload={**entry.payload, **payload}), STANDING, policy, synthetic=False))


def with_can_change(entry, *answers):
    reasons = [{**each, "can_change": can} for each, can in zip(entry.payload["reasons"], answers, strict=False)]
    return {"reasons": reasons, "told_reasons": [each["feature"] for each in reasons]}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_letter_says_of_each_reason_whether_a_change_would_help(decided, policy, language):
    entry = decided("refuse", "refuse", language=language)
    told = told_to(entry, policy, reachable="approve", **with_can_change(entry, True, False))
    assert told.count(text("letter.can_change", language)) == 1
    assert told.count(text("letter.cannot_change", language)) == 1
    assert text("letter.no_promise", language) in told
    assert text("letter.fixed", language) not in told


@pytest.mark.parametrize("language", LANGUAGES)
def test_where_nothing_is_enough_no_change_is_held_out(decided, policy, language):
    entry = decided("refuse", "refuse", language=language)
    told = told_to(entry, policy, reachable="refuse", **with_can_change(entry, True, False))
    assert text("letter.fixed", language) in told
    assert not any(text(f"letter.{key}", language) in told for key in ("can_change", "cannot_change", "no_promise"))


def test_where_no_reason_can_change_nothing_is_promised(decided, policy):
    entry = decided("refuse", "refuse")
    told = told_to(entry, policy, reachable="approve", **with_can_change(entry, False, False))
    assert text("letter.no_promise", "en") not in told
    assert told.count(text("letter.cannot_change", "en")) == 2


def test_a_decision_that_did_not_record_what_can_change_says_nothing_of_it(decided, policy):
    entry = decided("refuse", "refuse")
    older = [{k: v for k, v in each.items() if k != "can_change"} for each in entry.payload["reasons"]]
    without = {key: value for key, value in entry.payload.items() if key != "reachable"} | {"reasons": older}
    told = words_of(letter_of(replace(entry, payload=without), STANDING, policy, synthetic=False))
    keys = ("can_change", "cannot_change", "no_promise", "fixed")
    assert not any(text(f"letter.{key}", "en") in told for key in keys)
    assert "The principal reasons" in told


def test_what_the_journal_says_is_what_the_answer_says(decided, service):
    entry = decided("refuse", "refuse")
    score = commented(service, assess(service, entry.applicant_id, {}, "en"))
    assert entry.payload["reachable"] == score.reachable
    assert [each["can_change"] for each in entry.payload["reasons"]] == [each.can_change for each in score.reasons]


def test_a_counter_offer_that_is_approved_is_the_decision_and_stands_in_the_letter(local_desk, service, policy):
    ids = service.applicants.ids.tolist()
    found = ((number, counter_offers(service.artifact, assess(service, number, {}, "en"))) for number in ids)
    applicant_id, offer = next((number, offers[0]) for number, offers in found if offers)
    recorded = decide(local_desk, service, SUE, Order(applicant_id, offer.changes, "approve"), TEAM)
    (entry,) = local_desk.journal.entries(EntryFilter(after=recorded.entry - 1))
    assert (recorded.state, entry.payload["against_recommendation"]) == ("decided", False)
    assert entry.payload["changes"] == offer.changes
    told = words_of(letter_of(entry, STANDING, policy, synthetic=False))
    assert f"{offer.amount:,.0f}" in told
    assert "(instead of " in told
