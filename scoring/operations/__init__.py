"""How the app runs, seen from outside: requests, figures for Prometheus, the log, limits and the way it stops.

It wraps `access` and knows nothing of gradio: `interface` says what a path means.
"""
