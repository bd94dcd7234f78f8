"""The Excel round trip of a review: out to be scored off line, and in again."""
