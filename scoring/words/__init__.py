"""Words, numbers and units as readers of English and French write them; every sentence is in `texts.csv`.

It knows no field, no feature and no decision. Every room may import it; it imports no room.
"""
