"""All that is this lender's own: its fields, their levels and words, what they may hold, and the features made of them.

Nothing outside this room (and `training/lender`) names a column or a level; another lender is another such room. It
decides nothing and reads no applicant's file. Every room but `words` may import it.
"""
