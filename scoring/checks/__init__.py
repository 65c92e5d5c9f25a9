"""Checks of columns and stored values against the field table: what is wrong, how often, and the likely cause.

It knows no model and reads no file. The rooms that read applicants or an artifact import it, and so does training.
"""
