"""All that is specific to this lender: its fields, their levels, labels and allowed values, and the derived features.

Nothing outside this package (and `training/lender`) names a column or a level; another lender is another such package.
It decides nothing and reads no applicant's file. Every package but `words` may import it.
"""
