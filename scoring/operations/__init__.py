"""How the app runs, seen from outside: requests, figures for Prometheus, the log, limits and the way it stops.

It is around `access` and knows nothing of gradio: what a path means is told by `interface`.
"""
