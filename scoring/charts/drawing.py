"""Figures as SVG, drawn by processes of their own where these were started, else here, one at a time.

Matplotlib holds Python's lock while it draws, and is not safe in several threads at once. (`multiprocessing` would run
the app's entry again in each of its processes.)
"""

from __future__ import annotations

import pickle
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from queue import SimpleQueue
from threading import Lock
from typing import Any

from matplotlib.figure import Figure

from scoring.charts.style import to_svg

ALONE = Lock()
ROOT = Path(__file__).parents[2]


class Drawer:
    """A process that draws one figure at a time. It ends when its input is closed, so also with this process."""

    def __init__(self) -> None:
        self._process = self._started()

    def _started(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-m", "scoring.charts.drawer"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            # What a terminal sends to stop the app must not stop a figure that the app still answers with.
            start_new_session=True,
        )

    def draw(self, figure: Callable[..., Figure], shown: tuple[Any, ...]) -> str:
        """The figure; a process that has died is replaced, once.

        Raises:
            Exception: what the figure raises.
            OSError, EOFError: the new process died, too.
        """
        try:
            return self._drawn(figure, shown)
        except (OSError, EOFError):
            self.stop()
            self._process = self._started()
            return self._drawn(figure, shown)

    def _drawn(self, figure: Callable[..., Figure], shown: tuple[Any, ...]) -> str:
        work, answers = self._process.stdin, self._process.stdout
        assert work is not None
        assert answers is not None
        work.write(pickle.dumps((figure, shown)))
        work.flush()
        answer: str | Exception = pickle.load(answers)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def stop(self) -> None:
        """Ends the process."""
        self._process.kill()
        self._process.wait()


class Drawers:
    """So many processes that draw; a figure waits until one of them is free."""

    def __init__(self, processes: int) -> None:
        self._all = [Drawer() for _ in range(processes)]
        self._free: SimpleQueue[Drawer] = SimpleQueue()
        for drawer in self._all:
            self._free.put(drawer)

    def draw(self, figure: Callable[..., Figure], shown: tuple[Any, ...]) -> str:
        """The figure, as `Drawer.draw`."""
        drawer = self._free.get()
        try:
            return drawer.draw(figure, shown)
        finally:
            self._free.put(drawer)

    def stop(self) -> None:
        """Ends all of them."""
        for drawer in self._all:
            drawer.stop()


class _Pool:
    drawers: Drawers | None = None


def start_drawing(processes: int) -> None:
    """From now on, figures are drawn by so many processes."""
    _Pool.drawers = Drawers(processes)


def stop_drawing() -> None:
    """Ends these processes."""
    if _Pool.drawers:
        _Pool.drawers.stop()
        _Pool.drawers = None


def svg(figure: Callable[..., Figure], *shown: Any) -> str:
    """A figure as an `<svg>` element.

    Args:
        figure: a function of this package.
        shown: its arguments.
    """
    if _Pool.drawers:
        return _Pool.drawers.draw(figure, shown)
    with ALONE:
        return to_svg(figure(*shown))
