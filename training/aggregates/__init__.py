"""Building blocks of history features: what is computed from an applicant's rows, and its name in words.

It knows no table and no column but the applicant's id; the lender's history features are composed of it. It computes
nothing by itself: its expressions run in `training.dataset`. Every package above it may import it.
"""
