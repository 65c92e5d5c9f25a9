"""Who is let in: users, sessions, tokens, sign-in, and the guard around the whole app.

It knows nothing of what is behind the guard. Imported by the interface and the command line only.
"""
