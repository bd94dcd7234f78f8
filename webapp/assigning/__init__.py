"""Assigning: teams are proposed and planned unseen, changed by hand, announced, replaced."""
