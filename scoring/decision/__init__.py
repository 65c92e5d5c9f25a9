"""From a probability of default to approve, refer or refuse: costs of errors, cost curves, thresholds, the one rule.

It knows no model and no applicant. Whatever decides or shows a decision imports it.
"""
