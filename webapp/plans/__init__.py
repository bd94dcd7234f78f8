"""The plan of a city: what it does about each recommendation, and how far it has got."""
