"""Synthesis of columns: marginals, trees, and growing them from real rows.

It knows no column by name; `training.lender.synthetic` does. It imports no other package of training.
"""
