"""Drawing made-up columns: marginals, trees, and how they are grown from real rows.

It names no column: `training.lender.synthetic` does. It imports no other room of training.
"""
