"""Checks of columns and stored values against the field definitions: what is wrong, how often, and the likely cause.

Knows no model and reads no file. The packages that read applicants import it, and so does `training.tables`.
"""
