"""Is the population that is scored today still the one that the model was made for? `python -m training drift`."""
