"""The list of applications that an adviser works: scored in the background, filtered, sorted and paged in the database.

It decides nothing and changes no case.
"""
