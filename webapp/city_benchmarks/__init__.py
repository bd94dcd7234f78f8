"""The benchmark of a city, for its own people."""
