"""Versions on the hub: model card, comparison, publishing, rollback.

Nothing is published unless it passes the gate or a person gives a reason. `deploy`, `drift` and the command line import
it.
"""
