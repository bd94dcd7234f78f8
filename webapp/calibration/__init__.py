"""The calibration case of a round: scored by its reviewers, watched by its coordinators."""
