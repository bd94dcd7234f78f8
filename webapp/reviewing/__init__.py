"""A reviewer's own review: invitation, scores, submission, receipt."""
