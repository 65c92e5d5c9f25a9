"""Made-up tables of a made-up lender."""
