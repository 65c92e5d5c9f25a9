"""Comparison of models and of treatments of class imbalance, on one split and under one bootstrap.

It never trains a model for serving. Only the command line imports it.
"""
