"""Synthetic applicants and histories in the lender's schema; `synthesize` writes them as tables.

No row belongs to a real person: all are drawn from `profile.json`, which holds statistics only.
"""
