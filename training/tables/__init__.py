"""Reading and checking the lender's tables, on DuckDB or Spark, lazily and in one pass.

It computes no features. `dataset` imports it, and so do the packages that build, audit and compare.
"""
