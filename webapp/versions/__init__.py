"""Signed versions: what changed between two of them, and each of them on paper."""
