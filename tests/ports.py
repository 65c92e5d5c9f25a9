"""Ports on loopback for the servers that tests start."""

from __future__ import annotations

import itertools
import random
import socket
from collections.abc import Iterator
from contextlib import suppress
from functools import cache

from tests.shared import worker_number

# Below those that Linux gives to outgoing connections (from 32,768): none of them takes a port between its choice and
# its use. Each test process has ports of its own.
FIRST, OF_EACH_PROCESS = 12_000, 2_000


def free_port() -> int:
    """A port on which nobody listens, and which no other test process will choose."""
    while True:
        port = next(_own_ports())
        with suppress(OSError), socket.socket() as probe:
            probe.bind(("127.0.0.1", port))
            return port


@cache
def _own_ports() -> Iterator[int]:
    """In random order, since another test session on this machine has the same."""
    first = FIRST + OF_EACH_PROCESS * worker_number()
    return itertools.cycle(random.sample(range(first, first + OF_EACH_PROCESS), OF_EACH_PROCESS))
