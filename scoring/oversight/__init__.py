"""Reports on the journal: replayed decisions, overrides, time to decision, ageing, and outcomes of loans.

It reads the journal and records nothing but outcomes; it decides nothing. The command line imports it, the page shows
its reports to reviewers, and `training.drift` takes decided applicants from it.
"""
