"""Who is let in: users, sessions, tokens, sign-in, and the guard around the whole app.

It knows nothing of the app behind the guard. Only the interface, operations and the command line import it.
"""
