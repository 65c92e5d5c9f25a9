"""What the lender's tables declare, as code reads it: fields, what each may hold, features, and values in words.

It works for any lender: whatever differs between two lenders stands in `scoring.lender`, which it reads. It reads no
applicant's file and decides nothing. Every package above it may import it.
"""
