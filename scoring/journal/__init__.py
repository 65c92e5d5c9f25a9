"""The journal: who did what, when, on which data, with which model, in a chain that shows every later change.

It knows neither scores nor pages: what is recorded comes to it as plain data. Nothing in it is ever updated.
"""
