"""The adviser's screen and the named endpoints, both over the same functions of `scoring`."""
