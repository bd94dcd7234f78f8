"""Questions of a review team to the city, and the city's answers."""
