"""How like made-up tables are to real ones: by column, to models, and in the histories.

It makes no data. Only the command line imports it.
"""
