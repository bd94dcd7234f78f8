"""City reports on their way out: sent to the city, answered, approved, published, corrected."""
