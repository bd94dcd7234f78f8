"""Rounds: what a coordinator sets up and watches."""
