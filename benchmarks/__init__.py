"""Numbers and pictures: what the scores say, computed from tables alone."""
