"""One decision in sentences and on paper: summary, comment, the adviser's record, the letter to the applicant.

It decides nothing and fetches nothing. Only `serving` and `interface` import it.
"""
