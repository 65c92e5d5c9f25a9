"""Everything in training that is specific to this lender: its tables, history features, and synthetic data.

Nothing outside this package (and `scoring/lender`) names a table, column or level; another lender is another such
package. It reads no data and trains nothing. Every package but `synthetic` and `statistics` may import it.
"""
