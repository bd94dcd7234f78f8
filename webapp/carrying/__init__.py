"""Carrying over: last round's answers taken over into this one, and confirmed one by one."""
