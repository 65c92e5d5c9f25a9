"""The tables of a made-up lender."""

from pathlib import Path

FOLDER = Path(__file__).parent
