"""All that is this lender's own in training: its tables, the history features, made-up data in its likeness.

Nothing outside this room (and `scoring/lender`) names a column or a level of the tables; another lender is another
such room. It reads no file of the lender and learns nothing. Every room but `synthetic` and `statistics` may import it.
"""
