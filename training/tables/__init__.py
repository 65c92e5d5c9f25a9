"""Reading and checking the lender's tables, on DuckDB or Spark, lazily and in one pass.

It makes no feature. `dataset` imports it, and the rooms that build, judge and compare.
"""
