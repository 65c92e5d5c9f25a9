"""The morning of a branch: two advisers and their supervisor work the list; then a reviewer verifies what they did."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from scoring.journal.journal import EntryFilter
from scoring.lender.roles import CREDIT
from scoring.people import Role
from scoring.serving.service import Service, assess
from scoring.words.wording import text
from tests.interface.branch import Branch, add_users, counts, decide, open_by_id, recorded
from tests.interface.conftest import running_app
from tests.interface.pages import AMOUNT, enter, tab

pytestmark = pytest.mark.browser

TEAM: dict[str, Role] = {"anna": "adviser", "ben": "adviser", "sue": "supervisor", "rita": "reviewer"}


@pytest.fixture(scope="module")
def branch(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[Branch]:
    folder = tmp_path_factory.mktemp("branch")
    journal = f"sqlite:///{folder / 'journal.db'}"
    add_users(journal, TEAM)
    with running_app(folder / "app.log", AUTH="password", JOURNAL_URL=journal) as url:
        yield Branch(url, journal, browser)


@pytest.fixture(scope="module")
def some(service: Service, applicants) -> dict[str, list[int]]:
    """Applicants by recommendation, with small loans."""
    found: dict[str, list[int]] = {"approve": [], "refer": [], "refuse": []}
    for applicant_id in applicants.ids[:400].tolist():
        assessment = assess(service, applicant_id, {}, "en")
        if assessment.applicant.raw[CREDIT] <= 300_000:
            found[assessment.decision.outcome].append(applicant_id)
    return found


KNOWN = "Known customer who has repaid earlier loans in full"


def test_the_morning(branch: Branch, some: dict[str, list[int]], service: Service):
    anna, ben, sue = (branch.sign_in(name) for name in ("anna", "ben", "sue"))

    # The list is the first page; the first application in it opens with a click, and is Anna's.
    first = int(anna.locator(".cs-list tbody a").first.inner_text())
    anna.locator(".cs-list tbody a").first.click()
    expect(anna.locator("#application h2")).to_have_text(f"Applicant {first}")
    open_by_id(ben, first)
    expect(ben.locator("#standing")).to_contain_text("anna has had this case open since")

    # As recommended, and with changes.
    plain, changed = some["refuse"][0], some["approve"][0]
    open_by_id(anna, plain)
    decide(anna, "refuse", note="Between us")
    recorded(anna)
    open_by_id(anna, changed)
    tab(anna, "what_if")
    enter(anna, AMOUNT, "222222")
    expect(anna.locator("#result table")).to_contain_text("222,222")
    decide(anna, "approve")
    recorded(anna)

    # Ben refers to Sue, who decides.
    referred = some["refer"][0]
    open_by_id(ben, referred)
    decide(ben, "refer", refer_to="sue", note="Self-employed since May")
    recorded(ben)
    expect(ben.locator("#standing")).to_contain_text("ben referred this to sue")
    open_by_id(sue, referred)
    expect(sue.locator("#standing")).to_contain_text("Self-employed since May")
    decide(sue, "approve", reason=KNOWN, note="Paid twice")
    recorded(sue)

    # An override waits for Sue: sent back once, then confirmed.
    override = some["refuse"][1]
    open_by_id(ben, override)
    decide(ben, "approve")
    expect(ben.locator("#record .cs-notice")).to_contain_text(text("case.reason_required", "en"))
    decide(ben, "approve", reason=KNOWN, note="Repaid with us")
    recorded(ben)
    expect(ben.locator("#record-decision")).to_have_count(0)
    open_by_id(sue, override)
    tab(sue, "record")
    sue.locator("#own-note textarea").fill("Which loans?")
    sue.locator("#send-back").click()
    recorded(sue)
    open_by_id(ben, override)
    decide(ben, "approve", reason=KNOWN, note="Those of 2023 and 2024")
    recorded(ben)
    open_by_id(sue, override)
    tab(sue, "record")
    sue.locator("#confirm").click()
    recorded(sue)
    expect(sue.locator("#standing")).to_contain_text("Approve: decided by ben")

    # Somebody who decides on what has changed meanwhile is told, and nothing is recorded.
    raced = some["approve"][1]
    open_by_id(anna, raced)
    open_by_id(ben, raced)
    decide(ben, "approve")
    recorded(ben)
    decide(anna, "approve")
    expect(anna.locator("#record .cs-problem")).to_contain_text("changed since you opened it (last by ben)")
    expect(anna.locator("#standing")).to_contain_text("decided by ben")

    shown = counts(sue)
    assert shown["Decided"] == 5
    assert shown["Waiting for a colleague"] == 0
    for name, page in branch.pages.items():
        page.get_by_role("button", name=text("access.sign_out", "en")).click()
        expect(page.get_by_label(text("sign_in.password", "en"))).to_be_visible()
        assert page.goto(f"{branch.url}/?applicant={plain}").url.startswith(f"{branch.url}/sign-in"), name

    check_reviewer(branch, plain)
    check_journal(branch, service, plain, override)


def check_reviewer(branch: Branch, plain: int) -> None:
    """A reviewer sees cases and does not decide them."""
    rita = branch.sign_in("rita")
    open_by_id(rita, plain)
    tab(rita, "record")
    expect(rita.locator("#record")).to_contain_text("not decide them")
    for button in ("#record-decision", "#confirm", "#reopen", "#own-decision"):
        expect(rita.locator(button)).to_be_hidden()
    rita.locator("#to-model").click()
    expect(rita.locator("#model-oversight")).to_contain_text("ben")


def check_journal(branch: Branch, service: Service, plain: int, override: int) -> None:
    """What the journal says afterwards agrees with what was done."""
    entries = branch.journal.entries(EntryFilter(limit=1000))
    done = [(entry.kind, entry.person) for entry in entries if entry.kind not in ("view", "user", "settings", "model")]
    assert done == [
        *(("sign_in", name) for name in ("anna", "ben", "sue")),
        ("decision", "anna"),
        ("decision", "anna"),
        ("decision", "ben"),
        ("decision", "sue"),
        ("decision", "ben"),
        ("sent_back", "sue"),
        ("decision", "ben"),
        ("confirmation", "sue"),
        ("decision", "ben"),
        *(("sign_out", name) for name in ("anna", "ben", "sue")),
        ("sign_in", "rita"),
    ]
    refusal = next(entry for entry in entries if entry.kind == "decision")
    assert (refusal.applicant_id, refusal.payload["note"]) == (plain, "Between us")
    assert refusal.payload["probability"] == assess(service, plain, {}, "en").probability
    assert json.loads(branch.command("journal", "verify", "--json"))["holds"]
    branch.command("journal", "replay", str(refusal.number))
    overrides = json.loads(branch.command("journal", "overrides", "--json"))
    # Ben's alone went against an approval or a refusal; what was sent back does not count.
    assert (overrides["overrides"]["count"], overrides["overrides"]["of"]) == (1, 4)
    assert (overrides["low_side"]["count"], overrides["high_side"]["count"]) == (1, 0)
    branch.command("journal", "erase", str(plain), "--reason", "Asked for by letter")
    assert json.loads(branch.command("journal", "verify", "--json"))["holds"]
    after = {entry.number: entry for entry in branch.journal.entries(EntryFilter(limit=1000))}
    assert after[refusal.number].payload is None
    branch.command("journal", "replay", str(refusal.number), status=2)
