"""What follows for one applicant: probability, contributions, reasons, comparison, similar ones, recourse.

It draws nothing and knows nothing of what is served. The rooms that document, serve and show import it, and
`training.audit`.
"""
