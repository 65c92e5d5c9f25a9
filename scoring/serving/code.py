"""The identity of the serving code: its version and a digest of its files, recorded with every decision."""

from __future__ import annotations

import hashlib
from functools import cache

from scoring import __version__
from scoring.serving.settings import ROOT

# What decides: programs and the tables beside them.
DECIDING = (".py", ".csv")
DIGEST_LENGTH = 16


@cache
def code_identity() -> dict[str, str]:
    """{"version": of the release, "digest": of every file of `scoring/` that decides, in order of their paths}."""
    digest = hashlib.sha256()
    for path in sorted((ROOT / "scoring").rglob("*")):
        if path.suffix in DECIDING:
            digest.update(f"{path.relative_to(ROOT).as_posix()}\0".encode())
            digest.update(path.read_bytes())
    return {"version": __version__, "digest": digest.hexdigest()[:DIGEST_LENGTH]}
