"""A versioned model as data: read strictly, verified, with its reference applicants and what its review found.

Nothing in it is executed on loading, and nothing here looks for it on the hub. The rooms that assess, document, draw
and serve import it, and so does training.
"""
