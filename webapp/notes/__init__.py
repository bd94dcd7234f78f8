"""Notes: what the people of a city write to each other under a statement."""
