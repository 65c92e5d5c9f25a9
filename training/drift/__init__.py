"""Drift: how current applicants differ from the training population, and how the model performs on them.

It trains nothing and changes no served model. Only the command line imports it.
"""
