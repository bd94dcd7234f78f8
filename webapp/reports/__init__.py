"""City reports: read by all who may, written by the team."""
