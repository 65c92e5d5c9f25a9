"""Columns and stored values held to what a field may hold: what is wrong, how often, and the likely cause.

It knows no model and reads no file. What reads applicants or an artifact imports it, and so does training.
"""
