"""What people decide on an application: decisions, second pairs of eyes, locks, expiry, by the lender's own policy.

Each step is one entry in the journal and one change of the case, in one transaction.
"""
