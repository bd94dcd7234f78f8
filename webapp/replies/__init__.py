"""The city's reply to its report: written per finding, signed as a whole."""
