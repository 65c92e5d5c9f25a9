"""`python -m benchmarks.fuzz TARGET --seconds 600 --seed 1`: tries one target, and says how many inputs it tried.

An input that breaks a rule ends it, with the input and a traceback.
"""

from __future__ import annotations

import argparse
import importlib
import logging
import random
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic
from typing import Any

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from benchmarks.fuzz.counts import Counts, table
from benchmarks.fuzz.target import Target

COUNTS = Path("fuzz-counts.csv")
# Making an example costs Hypothesis more than most checks cost: each holds several inputs.
AT_ONCE, TOGETHER = 1_000, 10
# What Atheris begins with: so many inputs of so many bytes.
CORPUS, LONGEST = 32, 4_096
SIGN_IN = ("sign_in", "oidc")
SERVED = ("endpoints", "mcp", "events", "uploads")


def tried(target: Target, check: Callable[[Any], object], **options: Any) -> Callable[[], None]:
    """A property of Hypothesis, of which nothing is kept between runs."""

    def holds(sent: Any) -> None:
        check(sent)

    usual = settings(database=None, deadline=None, suppress_health_check=list(HealthCheck))
    found: Callable[[], None] = settings(usual, **options)(given(target.inputs)(holds))
    return found


def by_hypothesis(target: Target, counts: Counts, seconds: float, first: int) -> None:
    """So many inputs at a time, each time with another seed."""

    def check(several: list[Any]) -> bool:
        for sent in several:
            try:
                counts.add(target.check(sent))
            except Exception as error:
                error.add_note(f"The input: {sent!r}")
                raise
        return True

    together = Target(st.lists(target.inputs, min_size=TOGETHER, max_size=TOGETHER), check)
    until = monotonic() + seconds
    while monotonic() < until:
        holds = tried(together, check, max_examples=AT_ONCE // TOGETHER, phases=(Phase.generate, Phase.shrink))
        seed(first)(holds)()
        first += 1
    counts.write()


def by_atheris(target: Target, counts: Counts, seconds: float, first: int, folder: Path) -> None:
    """Follows what code is reached; ends the process."""
    import atheris

    # Short inputs, with which it would begin by itself, are too short for Hypothesis to draw a value from.
    corpus, drawn = folder / "corpus", random.Random(first)
    corpus.mkdir()
    for number in range(CORPUS):
        (corpus / str(number)).write_bytes(drawn.randbytes(LONGEST))
    bounds = ["-len_control=0", f"-max_len={LONGEST}", f"-max_total_time={seconds:.0f}", f"-seed={first}"]
    bounds += ["-timeout=60", "-rss_limit_mb=4096", f"-artifact_prefix={folder}/", str(corpus)]
    check = tried(target, lambda sent: counts.add(target.check(sent)))
    atheris.Setup([sys.argv[0], *bounds], check.hypothesis.fuzz_one_input)  # type: ignore[attr-defined]
    atheris.Fuzz()


@contextmanager
def targets_with(name: str, coverage: bool, folder: Path) -> Iterator[dict[str, Target]]:
    """The target of a name, among those that are made with it."""
    if name in SERVED:
        from benchmarks.fuzz.served import served_targets

        with served_targets(folder) as served:
            yield served
    elif name == "tables":
        from benchmarks.fuzz.tables import table_targets

        yield table_targets(folder)
    elif name in SIGN_IN:
        module = importlib.import_module(f"benchmarks.fuzz.{name}")
        with module.opened(folder) as target:
            yield {name: target}
    else:
        yield of_this_process(coverage, folder)


def of_this_process(coverage: bool, folder: Path) -> dict[str, Target]:
    """The targets of the core and of files; with `coverage`, our code is imported so that Atheris sees into it."""
    if coverage:
        import atheris

        seen = atheris.instrument_imports(include=["scoring"])
    else:
        seen = nullcontext()
    with seen:
        core, files = (importlib.import_module(f"benchmarks.fuzz.{name}") for name in ("core", "files"))
        service = importlib.import_module("benchmarks.demo").demo_service()
    return {**core.core_targets(service), **files.file_targets(service, folder)}


def main() -> int:
    """Reads what is to be tried, and for how long."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.fuzz")
    parser.add_argument("target", help="such as score, rows, csv, endpoints or mcp: see the modules beside this one")
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--coverage", action="store_true", help="by Atheris, for what runs in this process")
    parser.add_argument("--counts", type=Path, default=COUNTS, help=f"the file that runs add to (default: {COUNTS})")
    options = parser.parse_args()
    # Warnings on what is made up are no findings.
    logging.disable(logging.WARNING)
    counts = Counts(options.counts, options.target, "atheris" if options.coverage else "hypothesis", options.seed)
    with TemporaryDirectory(prefix="fuzz-") as made:
        folder = Path(made)
        with targets_with(options.target, options.coverage, folder) as found:
            if options.coverage:
                by_atheris(found[options.target], counts, options.seconds, options.seed, folder)
            by_hypothesis(found[options.target], counts, options.seconds, options.seed)
    sys.stdout.write(table(options.counts) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
