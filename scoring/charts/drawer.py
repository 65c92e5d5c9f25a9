"""The process that draws: `python -m scoring.charts.drawer` reads what to draw until its input is closed."""

from __future__ import annotations

import pickle
import sys

from scoring.charts.style import to_svg


def main() -> None:
    """Answers each pickled `(figure, arguments)` with the pickled SVG, or with the exception that it raised."""
    work, answers = sys.stdin.buffer, sys.stdout.buffer
    # Whatever a library prints must not come between the answers.
    sys.stdout = sys.stderr
    while True:
        try:
            figure, shown = pickle.load(work)
        except EOFError:
            return
        answer: str | Exception
        try:
            answer = to_svg(figure(*shown))
        except Exception as error:  # noqa: BLE001 (raised where the figure was wanted)
            answer = error
        pickle.dump(answer, answers)
        answers.flush()


if __name__ == "__main__":
    main()
