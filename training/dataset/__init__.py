"""One row per applicant: raw fields, outcome and history features, as frames or as files.

It fits no model. The packages that build, audit and compare import it.
"""
