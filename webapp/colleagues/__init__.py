"""Colleagues: invited to a city, given their parts, let go again."""
