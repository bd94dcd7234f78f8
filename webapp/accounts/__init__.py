"""Accounts: sign in, sign out, one's own account."""
