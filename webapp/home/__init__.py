"""The pages that everyone starts from."""
