"""The public pages: sign-in, for people and programs, sign-out, and the OpenID provider's redirect."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Awaitable, Callable
from functools import partial
from typing import TypeVar
from urllib.parse import parse_qs, quote, urlencode

from anyio import CapacityLimiter, to_thread
from starlette.responses import HTMLResponse, JSONResponse, Response

from scoring.access.access import Access
from scoring.access.answers import Receive, Scope, Send, answer, plain_response, to
from scoring.access.cookies import OIDC, SESSION, SIGN_IN
from scoring.access.oidc import Provider
from scoring.access.origin import from_elsewhere, header, local_path, prefix
from scoring.access.page import SignInPage, page_html
from scoring.access.sessions import hash_of
from scoring.access.sign_in import RefusedError, refuse_by_provider, sign_in, sign_in_by_provider, sign_out
from scoring.access.users import any_user
from scoring.database.engine import reading
from scoring.errors import DatabaseError, JournalError
from scoring.words.language import LANGUAGES, Language, browser_language
from scoring.words.wording import text, worded

log = logging.getLogger(__name__)
T = TypeVar("T")

FORM_SECONDS = 3600
# How long a sign-in at the OpenID provider may take.
PROVIDER_SECONDS = 600
LONGEST_FORM = 16 * 1024
LONGEST_NEXT = 2048
FORM_TYPE = "application/x-www-form-urlencoded"
# A password takes 64 MiB and a core to check: two at once, and a short line.
AT_ONCE, MOST_WAITING, BUSY_SECONDS = 2, 20, 5
STATUS = {"wrong": 401, "slow_down": 429, "busy": 503, "form": 400, "not_recorded": 503}


def asked_language(scope: Scope) -> Language:
    """The language of `?language=`, else the browser's."""
    wanted = _query(scope).get("language", "")
    return next(
        (known for known in LANGUAGES if known == wanted), browser_language(header(scope, "accept-language") or "")
    )


def sign_in_address(scope: Scope) -> str:
    """Where somebody signs in who wanted this page, to be led back to it."""
    query = scope.get("query_string", b"").decode("latin-1")
    wanted = local_path(
        quote(str(scope["path"]), errors="replace").removeprefix(prefix(scope)) + (f"?{query}" if query else "")
    )
    query = {"next": wanted} if wanted != "/" and len(wanted) <= LONGEST_NEXT else {}
    return f"{prefix(scope)}/sign-in" + (f"?{urlencode(query)}" if query else "")


class SignInPages:
    """The pages, each under its exact path."""

    def __init__(self, access: Access) -> None:
        self._access = access
        self._provider = Provider(access.settings.oidc) if access.settings.oidc else None
        self._hashing = CapacityLimiter(AT_ONCE)
        self._writing = CapacityLimiter(2 * AT_ONCE)

    async def opened(self, path: str, scope: Scope, receive: Receive, send: Send) -> bool:
        """Answers if the path is one of these; whether it is."""
        pages: dict[str, dict[str, Callable[[Scope, Receive], Awaitable[Response]]]] = {
            "/sign-in": {"GET": self._page, "HEAD": self._page, "POST": self._posted},
            "/login": {"GET": self._to_page, "POST": self._program_posted},
            "/sign-out": {"GET": self._to_page, "POST": self._sign_out},
        }
        if self._provider:
            pages |= {"/oidc/start": {"GET": self._to_provider}, "/oidc/callback": {"GET": self._from_provider}}
        if path not in pages:
            return False
        handler = pages[path].get(scope["method"])
        allowed = {"Allow": ", ".join(pages[path])}
        response = await handler(scope, receive) if handler else Response(status_code=405, headers=allowed)
        await answer(response, scope, receive, send)
        return True

    async def _to_page(self, scope: Scope, receive: Receive) -> Response:
        """For whoever types an address that is only posted to: nobody is signed in or out by following a link."""
        return to(f"{prefix(scope)}/sign-in")

    async def _page(self, scope: Scope, receive: Receive) -> Response:
        problem = _query(scope).get("problem", "")
        message = text(f"sign_in.refused.{problem}", asked_language(scope), seconds=0) if problem in PROBLEMS else ""
        return await self._form(scope, 200, message, asked_language(scope), _query(scope).get("next"))

    async def _form(
        self, scope: Scope, status: int, problem: str, language: Language, then: str | None, name: str = ""
    ) -> Response:
        """The page with its form; its token belongs to the cookie that goes with it."""
        cookies = self._access.cookies
        browser = cookies.read(scope, SIGN_IN, FORM_SECONDS) or secrets.token_urlsafe()
        nonce = secrets.token_urlsafe(16)
        page = SignInPage(
            language,
            local_path(then),
            cookies.signed("form", browser),
            nonce,
            prefix(scope),
            self._provider.host if self._provider else None,
            not self._provider and not await _in_thread(self._writing, self._anybody),
            problem,
            name,
            scope.get("state", {}).get("request_id", ""),
        )
        policy = (
            f"default-src 'none'; style-src 'nonce-{nonce}'; img-src data:; form-action 'self'; base-uri 'none'; "
            "frame-ancestors 'none'"
        )
        headers = {
            "Content-Security-Policy": policy,
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "same-origin",
        }
        response = HTMLResponse(page_html(page), status, {**headers, "Vary": "Accept-Language"})
        response.raw_headers.append(cookies.set(scope, SIGN_IN, browser))
        return response

    def _anybody(self) -> bool:
        try:
            with reading(self._access.engine) as connection:
                return any_user(connection)
        except DatabaseError:
            return True

    async def _posted(self, scope: Scope, receive: Receive) -> Response:
        """The sign-in page's form."""
        form = await _form_of(scope, receive)
        language = next((known for known in LANGUAGES if known == form.get("language")), asked_language(scope))
        name, then = form.get("username", ""), form.get("next")
        cookies = self._access.cookies
        browser = cookies.read(scope, SIGN_IN, FORM_SECONDS)
        if from_elsewhere(scope) or not browser or cookies.verified("form", form.get("token"), FORM_SECONDS) != browser:
            return await self._refused(scope, RefusedError("form"), language, then, name)
        try:
            key = await self._signed_in(scope, name, form.get("password", ""))
        except RefusedError as error:
            return await self._refused(scope, error, language, then, name)
        response = to(prefix(scope) + local_path(then))
        response.raw_headers += [cookies.set(scope, SESSION, key), cookies.drop(scope, SIGN_IN)]
        return response

    async def _refused(
        self, scope: Scope, error: RefusedError, language: Language, then: str | None, name: str
    ) -> Response:
        page = await self._form(scope, STATUS[error.key], error.in_words(language), language, then, name[:128])
        if error.wait:
            page.headers["Retry-After"] = str(error.wait)
        return page

    async def _program_posted(self, scope: Scope, receive: Receive) -> Response:
        """What `gradio_client.Client(url, auth=…)` posts: name and password for a cookie."""
        if from_elsewhere(scope):
            return plain_response(403, text("sign_in.elsewhere", "en"))
        form = await _form_of(scope, receive)
        try:
            key = await self._signed_in(scope, form.get("username", ""), form.get("password", ""))
        except RefusedError as error:
            refused = plain_response(STATUS[error.key], str(error))
            if error.wait:
                refused.headers["Retry-After"] = str(error.wait)
            return refused
        response = JSONResponse({"success": True})
        response.raw_headers.append(self._access.cookies.set(scope, SESSION, key))
        return response

    async def _signed_in(self, scope: Scope, name: str, password: str) -> str:
        if self._provider:
            raise RefusedError("wrong")
        if self._hashing.statistics().tasks_waiting >= MOST_WAITING:
            raise RefusedError("busy", BUSY_SECONDS)
        return await self._recorded(
            self._hashing, partial(sign_in, self._access, name, password, address_of(scope), self._old(scope))
        )

    async def _recorded(self, limiter: CapacityLimiter, attempt: Callable[[], T]) -> T:
        try:
            return await _in_thread(limiter, attempt)
        except (DatabaseError, JournalError) as error:
            log.exception("A sign-in could not be recorded.")
            raise RefusedError("not_recorded") from error

    def _old(self, scope: Scope) -> str | None:
        key = self._access.cookies.read(scope, SESSION)
        return hash_of(key) if isinstance(key, str) else None

    async def _sign_out(self, scope: Scope, receive: Receive) -> Response:
        language = asked_language(scope)
        if from_elsewhere(scope):
            return plain_response(403, text("sign_in.elsewhere", language))
        key = self._access.cookies.read(scope, SESSION)
        if isinstance(key, str):
            try:
                await _in_thread(self._writing, partial(sign_out, self._access, key, address_of(scope)))
            except (DatabaseError, JournalError):
                log.exception("A sign-out could not be recorded.")
                return plain_response(503, text("sign_in.database", language))
        response = to(f"{prefix(scope)}/sign-in")
        response.raw_headers.append(self._access.cookies.drop(scope, SESSION))
        return response

    async def _to_provider(self, scope: Scope, receive: Receive) -> Response:
        assert self._provider is not None
        try:
            address, flow = await _in_thread(self._writing, partial(self._provider.start, callback_of(scope)))
        except RefusedError as error:
            return to(f"{prefix(scope)}/sign-in?problem={error.key}")
        response = to(address)
        kept = {**flow, "next": local_path(_query(scope).get("next"))}
        response.raw_headers.append(self._access.cookies.set(scope, OIDC, kept))
        return response

    async def _from_provider(self, scope: Scope, receive: Receive) -> Response:
        cookies, root = self._access.cookies, prefix(scope)
        flow = cookies.read(scope, OIDC, PROVIDER_SECONDS)
        try:
            key = await self._recorded(self._writing, partial(self._by_provider, scope, flow))
            response = to(root + local_path(flow["next"]))
            response.raw_headers.append(cookies.set(scope, SESSION, key))
        except RefusedError as error:
            response = to(f"{root}/sign-in?problem={error.key}")
        response.raw_headers.append(cookies.drop(scope, OIDC))
        return response

    def _by_provider(self, scope: Scope, flow: dict[str, str] | None) -> str:
        assert self._provider is not None
        address = address_of(scope)
        try:
            identity = self._provider.finish(flow, _query(scope), callback_of(scope))
        except RefusedError as error:
            refuse_by_provider(self._access, error, address)
        return sign_in_by_provider(self._access, identity, address, self._old(scope))


PROBLEMS = set(worded("sign_in.refused."))


def address_of(scope: Scope) -> str:
    """The network address of whoever sends this; the server has put in what a proxy that it trusts says."""
    return str((scope.get("client") or ("unknown",))[0])


def callback_of(scope: Scope) -> str:
    """The address to which the OpenID provider sends people back."""
    host = header(scope, "x-forwarded-host") or header(scope, "host") or "localhost"
    return f"{scope['scheme']}://{host}{prefix(scope)}/oidc/callback"


async def _in_thread(limiter: CapacityLimiter, call: Callable[[], T]) -> T:
    return await to_thread.run_sync(call, limiter=limiter)


def _query(scope: Scope) -> dict[str, str]:
    return _first(scope.get("query_string", b""))


def _first(encoded: bytes) -> dict[str, str]:
    try:
        found = parse_qs(encoded.decode("latin-1"), keep_blank_values=True, max_num_fields=100)
    except ValueError:
        return {}
    return {name: values[0] for name, values in found.items()}


async def _form_of(scope: Scope, receive: Receive) -> dict[str, str]:
    """The fields of a form; none where it is of another kind, or longer than ours can be."""
    body, more = b"", (header(scope, "content-type") or "").startswith(FORM_TYPE)
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
        if len(body) > LONGEST_FORM:
            return {}
    return _first(body)
