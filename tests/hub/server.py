"""A small hub on loopback that implements the real one's protocol, for the real `huggingface_hub` client.

    with running_hub() as hub:
        api = HfApi(endpoint=hub.url, token=hub.writer)
        hub.fail("status", "PUT /lfs/", status=500)     # the next matching request
        with hub.down(): ...                            # nobody listens at that address

Tokens: `hub.writer` may read and write the repos of ORG, `hub.reader` may read them, and `hub.stranger` belongs to
somebody else, who sees public repos only. The client must not use its alternative protocol for large files: set
HF_HUB_DISABLE_XET=1 before `huggingface_hub` is imported (`tests/conftest.py` does).

`hub.requests` lists the requests as "METHOD /path"; `hub.repo(...)` is a repo, to inspect or commit to.
`python -m tests.hub.server` runs one by hand.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from tests.hub import file_routes, repo_routes  # noqa: F401 - what they define registers itself in ROUTES
from tests.hub.repos import HubError
from tests.hub.routing import ROUTES
from tests.hub.state import BIND, Answer, Fault, Headers, Request, State, Token, json_answer


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that goes away in the middle is no news."""


class Hub(State):
    """The hub, listening on loopback."""

    def __init__(self) -> None:
        super().__init__()
        self._server: _Server | None = None
        self.start()

    def start(self) -> None:
        """Starts listening, on the same port as before if there was one."""
        self._server = _Server((BIND, self.port), _handler(self))
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def stop(self) -> None:
        """Stops listening."""
        assert self._server is not None
        self._server.shutdown()
        self._server.server_close()

    @contextmanager
    def down(self) -> Iterator[None]:
        """Makes the hub unreachable within the context."""
        self.stop()
        try:
            with self.failing("refuse", ""):  # connections that are still open
                yield
        finally:
            self.start()


def _token(hub: State, headers: Headers) -> Token | None:
    given = headers.get("Authorization", "").removeprefix("Bearer ")
    if given and given not in hub.tokens:
        raise HubError(401, "Invalid credentials in Authorization header")
    return hub.tokens.get(given)


def answer_to(hub: State, method: str, target: str, headers: Headers, body: bytes) -> Answer:
    """The hub's response to a request, if no fault is injected."""
    asked = urlsplit(target)
    query = {key: values[0] for key, values in parse_qs(asked.query).items()}
    try:
        request = Request(method, asked.path, query, headers, body, _token(hub, headers))
        for methods, pattern, function in ROUTES:
            found = pattern.fullmatch(asked.path)
            if found and method in methods.split("|"):
                with hub.lock:
                    return function(hub, request, *found.groups())
        raise HubError(404, f"Nothing at {asked.path}")
    except HubError as error:
        code = {"X-Error-Code": error.code} if error.code else {}
        return json_answer({"error": error.message}, error.status, **{"X-Error-Message": error.message, **code})


def _spoilt(answer: Answer, fault: Fault) -> Answer:
    """The response with a fault applied."""
    match fault.kind:
        case "status":
            return json_answer({"error": "on purpose"}, fault.status, **{"X-Error-Message": "on purpose"})
        case "change":
            middle = len(answer.body) // 2
            body = answer.body[:middle] + bytes([answer.body[middle] ^ 1]) + answer.body[middle + 1 :]
            return Answer(body, answer.status, answer.headers)
        case "etag":
            return Answer(answer.body, answer.status, {**answer.headers, "ETag": '"0000"', "X-Linked-Etag": '"0000"'})
        case _:
            return answer


def _handler(hub: State) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def log_message(self, format: str, *args: object) -> None:
            pass

        def _body(self, share: float) -> bytes:
            """The request's body, or the first part of it."""
            if self.headers.get("Transfer-Encoding", "").lower() != "chunked":
                return self.rfile.read(int(int(self.headers.get("Content-Length", 0)) * share))
            parts = []
            while size := int(self.rfile.readline().split(b";")[0], 16):
                parts.append(self.rfile.read(size))
                self.rfile.readline()
                if share < 1:
                    break
            else:
                self.rfile.readline()
            return b"".join(parts)

        def _answer(self) -> None:
            asked = f"{self.command} {urlsplit(self.path).path}"
            with hub.lock:
                hub.requests.append(asked)
                fault = next((fault for fault in hub.faults if fault.hits(asked)), None)
            kind = fault.kind if fault else None
            body = self._body(0.5 if kind == "cut" else 1)
            if kind in ("cut", "refuse"):
                self.close_connection = True
                return
            if fault and kind == "slow":
                time.sleep(fault.seconds)
            # An injected error stands for a request that had no effect.
            answer = Answer() if kind == "status" else answer_to(hub, self.command, self.path, self.headers, body)
            if kind == "close":
                self.close_connection = True
                return
            answer = _spoilt(answer, fault) if fault else answer
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(answer.body[: len(answer.body) // 2] if kind == "truncate" else answer.body)
            self.close_connection = self.close_connection or kind == "truncate"

        do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = _answer  # noqa: N815

    return Handler


@contextmanager
def running_hub() -> Iterator[Hub]:
    """Runs a hub on a free port within the context."""
    hub = Hub()
    try:
        yield hub
    finally:
        hub.stop()


if __name__ == "__main__":
    with running_hub() as running:
        print(f"HF_ENDPOINT={running.url} HF_TOKEN={running.writer}")  # noqa: T201
        threading.Event().wait()
