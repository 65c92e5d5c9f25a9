"""Many applications at once: a file that somebody sends, scored row by row as `/score` would, to a file to fetch.

The bytes are nobody's friend: whatever is read here is bounded in size, type, number and expansion. A row that is not
allowed gets its error in words; none is lost, and none is guessed.
"""
