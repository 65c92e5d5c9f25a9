"""From the lender's seven tables to a versioned artifact; one verb per module."""
