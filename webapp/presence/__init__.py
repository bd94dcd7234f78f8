"""Presence: the heartbeat of a page, and who else is on it."""
