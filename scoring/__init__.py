"""Everything that a credit decision needs at serving time; imports no training library."""
