"""What the journal is good for: overrides, time to decision, ageing, outcomes, and decisions proved again.

It only reads the journal, apart from the entries that say that it was read or erased.
"""
