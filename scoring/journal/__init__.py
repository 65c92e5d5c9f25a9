"""The journal: who did what, when, and on which data. Append-only, chained and signed, so that tampering shows.

An entry is appended in its caller's transaction, together with what it is about. The room knows no applicant and no
model: a payload is whatever its caller recorded. It never changes an entry; erasing deletes payloads, and is an entry
of its own. Imported by access, cases, oversight and serving.
"""
