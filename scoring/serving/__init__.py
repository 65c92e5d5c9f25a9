"""What is served now: settings, the hub, the service and its answers, the current state, scoring in batches.

It knows no screen. Only the interface, the command line and training import it.
"""
