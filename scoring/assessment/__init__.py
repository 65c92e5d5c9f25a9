"""The assessment of one applicant: probability, contributions, reasons, comparison, similar ones, recourse.

It draws nothing and knows nothing of serving. `charts`, `documents`, `serving` and `interface` may import it.
"""
