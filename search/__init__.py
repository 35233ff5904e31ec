"""Find a letter among those that one may read: one analysis and one plan of the query, two engines."""
