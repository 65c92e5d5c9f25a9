"""What people decide on an application: decisions, confirmations, locks and expiry, by the lender's policy.

Each step is one entry in the journal and one change of the case, in one transaction.
"""
