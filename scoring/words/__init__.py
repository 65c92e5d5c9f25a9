"""Words, numbers and units in English and French; all sentences are in `texts.csv`.

Knows no field, feature or decision. Every package may import it; it imports none.
"""
