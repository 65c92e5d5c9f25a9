"""What the journal is good for: decisions proved again, overrides, time to decision, ageing, and outcomes of loans.

It reads the journal and records nothing but outcomes; it decides nothing. The command line imports it, the page shows
its reports to reviewers, and the training's drift takes from it who was decided.
"""
