"""Signing in and out in a browser, in both languages, in the dark and on a phone; and what each role then sees."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import pytest
from playwright.sync_api import Browser, Page, expect

from scoring.__main__ import main
from scoring.people import ROLES
from scoring.words.language import Language
from scoring.words.wording import text
from tests.interface.pages import Scheme, grave, new_page

PASSWORD = "correct horse battery"
IDS = re.compile(r"\b10[0-3]\d{3}\b")


@pytest.fixture(scope="module")
def signed_url(
    tmp_path_factory: pytest.TempPathFactory, run_app: Callable[..., AbstractContextManager[str]]
) -> Iterator[str]:
    """An app whose people sign in, with one user of each role."""
    folder = tmp_path_factory.mktemp("sign-in")
    journal = f"sqlite:///{folder / 'journal.db'}"
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("JOURNAL_URL", journal)
        for role in ROLES:
            patched.setattr("sys.stdin", io.StringIO(f"{PASSWORD}\n"))
            assert main(["users", "add", role, "--role", role]) == 0
    with run_app(folder / "log", AUTH="password", JOURNAL_URL=journal) as url:
        yield url
    assert "Traceback" not in (folder / "log").read_text()


def sign_in(page: Page, name: str, password: str = PASSWORD, language: Language = "en") -> None:
    page.get_by_label(text("sign_in.name", language)).fill(name)
    page.get_by_label(text("sign_in.password", language)).fill(password)
    page.get_by_role("button", name=text("sign_in.button", language)).click()


@pytest.mark.parametrize(
    ("locale", "language", "width", "scheme"),
    [
        ("en-GB", "en", 1366, "light"),
        ("fr-FR", "fr", 390, "light"),
        ("fr-FR", "fr", 1366, "dark"),
        ("de", "en", 390, "dark"),
    ],
)
def test_the_sign_in_page_is_for_everybody(
    browser: Browser, signed_url: str, locale: str, language: Language, width: int, scheme: Scheme
):
    with new_page(browser, locale, width, scheme=scheme) as page:
        page.goto(f"{signed_url}/?tab=model")
        expect(page).to_have_title(re.compile(text("sign_in.title", language)))
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert grave(page) == []
        sign_in(page, "nobody", "wrong", language)
        expect(page.get_by_role("alert")).to_have_text(text("sign_in.refused.wrong", language))
        expect(page.get_by_label(text("sign_in.password", language))).to_be_focused()
        assert grave(page) == []
        page.get_by_role("link", name=text("sign_in.other_language", language)).click()
        other: Language = "fr" if language == "en" else "en"
        expect(page.get_by_role("heading", name=text("sign_in.title", other))).to_be_visible()


def test_a_refusal_names_its_request(browser: Browser, signed_url: str):
    with new_page(browser) as page:
        page.goto(signed_url)
        assert "Request" not in page.locator("main").inner_text()
        with page.expect_response(lambda answer: answer.request.method == "POST") as refused:
            sign_in(page, "nobody", "wrong")
        number = refused.value.headers["x-request-id"]
        expect(page.locator("main")).to_contain_text(text("sign_in.request", "en", id=number))


def test_an_adviser_signs_in_is_led_back_and_signs_out(browser: Browser, signed_url: str):
    with new_page(browser) as page:
        page.goto(f"{signed_url}/?applicant=100003")
        sign_in(page, "ADVISER")
        expect(page.locator("#application")).to_contain_text("100003")
        named = text("access.signed_in", "en", name="adviser", role=text("role.adviser", "en"))
        expect(page.locator("#who")).to_contain_text(named)
        page.get_by_role("button", name=text("access.sign_out", "en")).click()
        expect(page.get_by_role("heading", name=text("sign_in.title", "en"))).to_be_visible()
        page.goto(f"{signed_url}/?applicant=100003")
        expect(page.get_by_label(text("sign_in.password", "en"))).to_be_visible()
        page.go_back()
        expect(page.get_by_text("100003")).to_have_count(0)


def test_a_maintainer_sees_the_model_and_no_applicant(browser: Browser, signed_url: str):
    with new_page(browser) as page:
        page.goto(f"{signed_url}/?tab=model")
        sign_in(page, "maintainer")
        expect(page.locator("#who")).to_contain_text("maintainer")
        expect(page.locator(".cs-model").first).to_be_visible()
        for address in ("?applicant=100003", ""):
            page.goto(f"{signed_url}/{address}")
            expect(page.locator("#who")).to_contain_text("maintainer")
            expect(page.locator("#application .cs")).to_be_visible()
            page.locator("#picker input").click()
            assert IDS.findall(page.locator("body").inner_text()) == []
        page.locator("#picker input").fill("100003")
        page.keyboard.press("Enter")
        expect(page.get_by_role("alert").filter(has_text="do not see applicants").first).to_be_visible()
        assert IDS.findall(page.locator("#application").inner_text()) == []
