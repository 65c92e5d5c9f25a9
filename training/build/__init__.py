"""From tables to an artifact: everything that training computes, packed and sealed.

It publishes nothing. Only `publish`, `deploy` and the command line import it.
"""
