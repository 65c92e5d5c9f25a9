"""Reading and display of the drift report, which `training.drift` computes.

It runs no test itself. `serving`, `interface` and `training.drift` import it.
"""
