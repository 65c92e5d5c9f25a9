"""One applicant: raw fields, edits, what callers send, and the file of the applicants on file.

It computes no probability. The packages that assess, document and serve import it.
"""
