"""The list of applications that an adviser works: scored in the background, filtered, sorted and paged here.

It decides nothing and changes no case.
"""
