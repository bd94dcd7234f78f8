"""The Excel round trip: a city's form to fill in off line, and what comes back."""
