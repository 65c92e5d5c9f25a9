"""Versions on the hub: the model card, comparison, publishing, going back.

Nothing is written that the gate has not passed or a person forced. `deploy`, `drift` and the command line import it.
"""
