"""The pool: what a reviewer says about languages, roles, capacity and former employers."""
