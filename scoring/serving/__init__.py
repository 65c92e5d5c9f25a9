"""Serving a model: settings, the hub, the service and its answers, the current state, batch scoring.

Knows nothing of the screen. Only the interface, the command line and training import it.
"""
