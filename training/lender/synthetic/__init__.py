"""Made-up applicants and histories in the lender's schema; `training.synthesize` writes them as tables."""
