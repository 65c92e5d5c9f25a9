"""The recipe: split, select, fit, calibrate, choose the threshold.

It evaluates no model and writes no artifact. `audit`, `build` and `compare` import it.
"""
