"""From a probability of default to approve, refer or refuse: costs of errors, cost curves, thresholds, the one rule.

Knows no model and no applicant. All code that decides or shows a decision imports it.
"""
