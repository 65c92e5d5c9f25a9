"""How those who are scored now differ from those whom a model has learnt from, and what became of them.

It trains nothing and changes no served model. Only the command line imports it.
"""
