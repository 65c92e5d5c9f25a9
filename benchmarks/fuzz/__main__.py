"""`python -m benchmarks.fuzz TARGET --seconds 600 --seed 1`: tries one target, and says how many inputs it tried.

An input that breaks a rule ends it, with the input and a traceback.
"""

from __future__ import annotations

import argparse
import importlib
import random
import sys
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from tempfile import mkdtemp
from time import monotonic
from typing import Any

from hypothesis import HealthCheck, Phase, given, seed, settings

from benchmarks.fuzz.target import Target

AT_ONCE = 1_000
TOLD_EVERY = 1_000
# What Atheris begins with: so many inputs of so many bytes.
CORPUS, LONGEST = 32, 4_096
SERVED = ("endpoints", "mcp")


class Counted:
    """A target's check, which counts what it saw."""

    def __init__(self, name: str, target: Target) -> None:
        self._name, self._target = name, target
        self._seen, self._began = 0, monotonic()

    def __call__(self, sent: Any) -> None:
        """Checks one input."""
        self._target.check(sent)
        self._seen += 1
        if self._seen % TOLD_EVERY == 0:
            self.tell()

    def tell(self) -> None:
        """Prints how many there were."""
        print(f"{self._name}: {self._seen:,} inputs in {monotonic() - self._began:.0f} s, nothing found", flush=True)


def tried(target: Target, check: Callable[[Any], None], **options: Any) -> Callable[[], None]:
    """A property of Hypothesis, of which nothing is kept between runs."""
    usual = settings(database=None, deadline=None, suppress_health_check=list(HealthCheck))
    found: Callable[[], None] = settings(usual, **options)(given(target.inputs)(check))
    return found


def by_hypothesis(name: str, target: Target, seconds: float, first: int) -> None:
    """So many inputs at a time, each time with another seed."""
    counted, until = Counted(name, target), monotonic() + seconds

    def check(sent: Any) -> None:
        counted(sent)

    while monotonic() < until:
        seed(first)(tried(target, check, max_examples=AT_ONCE, phases=(Phase.generate, Phase.shrink)))()
        first += 1
    counted.tell()


def by_atheris(name: str, target: Target, seconds: float, first: int) -> None:
    """Follows what code is reached; ends the process."""
    import atheris

    counted = Counted(name, target)

    def check(sent: Any) -> None:
        counted(sent)

    # Short inputs, with which it would begin by itself, are too short for Hypothesis to draw a value from.
    corpus, drawn = Path(mkdtemp(prefix="corpus-")), random.Random(first)
    for number in range(CORPUS):
        (corpus / str(number)).write_bytes(drawn.randbytes(LONGEST))
    bounds = ["-len_control=0", f"-max_len={LONGEST}", f"-max_total_time={seconds:.0f}", f"-seed={first}"]
    bounds += ["-timeout=60", "-rss_limit_mb=4096", str(corpus)]
    atheris.Setup([sys.argv[0], *bounds], tried(target, check).hypothesis.fuzz_one_input)  # type: ignore[attr-defined]
    atheris.Fuzz()


def of_this_process(coverage: bool) -> dict[str, Target]:
    """The targets of the core and of files; with `coverage`, our code is imported so that Atheris sees into it."""
    if coverage:
        import atheris

        seen = atheris.instrument_imports(include=["scoring"])
    else:
        seen = nullcontext()
    with seen:
        core, files = (importlib.import_module(f"benchmarks.fuzz.{name}") for name in ("core", "files"))
        service = importlib.import_module("benchmarks.demo").demo_service()
    return {**core.core_targets(service), **files.file_targets(service, Path(mkdtemp(prefix="fuzz-")))}


def main() -> int:
    """Reads what is to be tried, and for how long."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.fuzz")
    parser.add_argument("target", help="such as score, rows, csv, endpoints or mcp: see the modules beside this one")
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--coverage", action="store_true", help="by Atheris, for what runs in this process")
    options = parser.parse_args()
    if options.target in SERVED:
        from benchmarks.demo import demo_service
        from benchmarks.fuzz.served import served_targets

        with served_targets(demo_service()) as served:
            by_hypothesis(options.target, served[options.target], options.seconds, options.seed)
    else:
        run = by_atheris if options.coverage else by_hypothesis
        run(options.target, of_this_process(options.coverage)[options.target], options.seconds, options.seed)
    return 0


if __name__ == "__main__":
    sys.exit(main())
