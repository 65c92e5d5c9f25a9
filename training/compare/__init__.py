"""The comparison of models and of ways to treat imbalance, on one split, under one bootstrap.

No served model comes from it. Only the command line imports it.
"""
