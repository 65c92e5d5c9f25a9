"""The validation pack: what a validator signs, from a version and applicants of known outcome.

It fits no model and decides nothing: each finding is held to a bound that the lender owns. Only the command line
imports it; what it finds is read with `scoring.validation`.
"""
