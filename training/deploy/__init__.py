"""The app on a Space: tried out in a clean environment, then uploaded.

It trains nothing. Only the command line imports it.
"""
