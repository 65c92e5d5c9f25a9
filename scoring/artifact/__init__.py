"""A versioned model as data, strictly validated, with its reference applicants and review figures.

Loading executes nothing, and nothing here knows the hub. The packages that assess, document, draw and serve import it,
and so does training.
"""
