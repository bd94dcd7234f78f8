"""The city's self-assessment: answers, lock, sign-off, receipt."""
