"""The sign-in page: self-contained, without scripts, in both languages."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from html import escape
from pathlib import Path
from string import Template
from urllib.parse import urlencode

from scoring.markup import element, words
from scoring.words.language import LANGUAGES, Language
from scoring.words.wording import text

PAGE = Path(__file__).with_name("sign_in.html")
ADD_FIRST = "python -m scoring users add NAME --role adviser"


@dataclass(frozen=True)
class SignInPage:
    """What one sign-in page says.

    `then` is where to go afterwards; `token` goes with the form; `nonce` allows the page's own style; `root` is
    the path of the app; `provider` is the OpenID provider's host (None: password); `problem` says why nobody is
    signed in, and `request` is then the number of the request that failed.
    """

    language: Language
    then: str
    token: str
    nonce: str
    root: str = ""
    provider: str | None = None
    nobody_yet: bool = False
    problem: str = ""
    name: str = ""
    request: str = ""


@cache
def _template() -> Template:
    return Template(PAGE.read_text(encoding="utf-8"))


def page_html(page: SignInPage) -> str:
    """The whole page."""
    language = page.language
    other = next(each for each in LANGUAGES if each != language)
    problem = element("p", escape(page.problem), "problem", role="alert", id="problem") if page.problem else ""
    request = words("p", text("sign_in.request", language, id=page.request), "small") if page.problem else ""
    return _template().substitute(
        language=language,
        nonce=page.nonce,
        title=escape(text("sign_in.title", language)),
        app=escape(text("screen.title", language)),
        content=problem + (_first_user(language) if page.nobody_yet else "") + _way_in(page) + request,
        other=escape(text("sign_in.other_language", language)),
        other_language=other,
        other_address=escape("?" + urlencode({"language": other, "next": page.then})),
        help=escape(text("sign_in.help", language)),
        recorded=escape(text("sign_in.recorded", language)),
    )


def _first_user(language: Language) -> str:
    content = words("p", text("sign_in.no_users", language)) + words("code", ADD_FIRST)
    return element("div", content, "notice")


def _way_in(page: SignInPage) -> str:
    if page.provider:
        label = escape(text("sign_in.provider", page.language, provider=page.provider))
        start = urlencode({"next": page.then, "language": page.language})
        return element("a", label, "button", href=f"{page.root}/oidc/start?{start}")
    kept = {"token": page.token, "next": page.then, "language": page.language}
    hidden = "".join(f'<input type="hidden" name="{name}" value="{escape(value)}">' for name, value in kept.items())
    described = ' aria-describedby="problem" aria-invalid="true"' if page.problem else ""
    name_focus, password_focus = ("", " autofocus") if page.name else (" autofocus", "")
    fields = (
        f"<label>{escape(text('sign_in.name', page.language))}"
        f'<input name="username" autocomplete="username" autocapitalize="none" spellcheck="false" maxlength="128" '
        f'required{name_focus}{described} value="{escape(page.name)}"></label>'
        f"<label>{escape(text('sign_in.password', page.language))}"
        f'<input name="password" type="password" autocomplete="current-password" required{password_focus}{described}>'
        "</label>"
    )
    button = element("button", escape(text("sign_in.button", page.language)), "button", type="submit")
    return element("form", hidden + fields + button, method="post", action=f"{page.root}/sign-in")
