"""Deployment of the app to a Space: tried out in a clean environment, then uploaded.

It trains nothing. Only the command line imports it.
"""
