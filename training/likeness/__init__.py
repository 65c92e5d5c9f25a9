"""How closely synthetic tables resemble real ones: column by column, to models, and in the histories.

It generates no data. Only the command line imports it.
"""
