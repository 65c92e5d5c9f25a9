"""The drift report as it is read and shown; training makes it.

It tests nothing itself. What serves and shows imports it, and `training.drift`.
"""
