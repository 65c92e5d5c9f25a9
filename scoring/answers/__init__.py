"""The shapes that the endpoints return and the screen draws: one dataclass for each part of an answer.

Answers are sent as `asdict(answer)`; the table in docs/api.md describes them in words. Probabilities are probabilities
of default in [0, 1]; contributions are in log-odds of default, positive where they raise the risk. It computes nothing.
Every package above it may import it.
"""
