"""What is asked of the database: nouns that select columns, name their rows and have an order."""
