"""The one database: how it is opened, its transactions, and its migrations.

Rooms declare their own tables on `metadata.METADATA`; this room knows none of them. It never retries a write, and never
says that something was written which was not. Imported by journal, access, cases and worklist.
"""
