"""How the process keeps its memory."""

from __future__ import annotations

import ctypes
import platform

# Of glibc's malloc.h.
M_ARENA_MAX = -8


def share_heaps() -> None:
    """Has threads that are started from here on allocate from the heaps that there are.

    Glibc would give each a heap of its own, and what is freed in one serves no other: after some thousand answers, a
    quarter of them all lies idle. Where the C library is another, nothing changes.
    """
    if platform.libc_ver()[0] == "glibc":
        ctypes.CDLL(None).mallopt(M_ARENA_MAX, 1)
