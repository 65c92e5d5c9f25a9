"""One row per applicant: raw fields, outcome and history features, as frames or as files.

It fits no model. The rooms that build, judge and compare import it.
"""
