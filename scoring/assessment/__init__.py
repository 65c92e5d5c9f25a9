"""What follows for one applicant: probability, contributions, reasons, comparison, similar ones, recourse.

It draws nothing and does not know which model is served. The rooms that document, serve and show import it, and so
does `training.audit`.
"""
