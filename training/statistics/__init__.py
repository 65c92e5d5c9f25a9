"""Figures of predictions and of populations: costs, ranking, calibration, resamples, the stability index.

Pure functions of arrays; it reads nothing and imports no other package of training. Every package may import it.
"""
