"""Performance figures: ratios within one run, since machines differ. `python -m benchmarks` prints them all."""
