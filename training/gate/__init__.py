"""Whether a model may take the place of the current one.

It changes neither. `publish` and `drift` import it.
"""
