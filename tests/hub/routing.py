"""Which function answers which request."""

from __future__ import annotations

import re
from collections.abc import Callable

from tests.hub.state import Answer

# A route answers a request; the groups of its pattern come as arguments.
Route = Callable[..., Answer]
ROUTES: list[tuple[str, re.Pattern[str], Route]] = []
REPO = r"/api/(model|dataset|space)s/([^/]+/[^/]+)"
FILE = r"/(?:(dataset|space)s/)?([^/]+/[^/]+)"


def route(methods: str, pattern: str) -> Callable[[Route], Route]:
    def register(function: Route) -> Route:
        ROUTES.append((methods, re.compile(pattern), function))
        return function

    return register
