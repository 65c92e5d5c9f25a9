"""Made-up applicants and histories in the lender's schema; `synthesize` writes them as tables.

No row of it is anybody's: it draws from `profile.json`, which holds statistics alone.
"""
