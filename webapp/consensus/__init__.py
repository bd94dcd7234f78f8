"""Consensus: scores side by side, and what the team agrees on."""
