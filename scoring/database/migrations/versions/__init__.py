"""One module for each version of the schema, in order of their numbers.

A version that is released is never edited; the next change is the next module. Imported by Alembic alone.
"""
