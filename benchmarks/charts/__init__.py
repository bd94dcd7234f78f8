"""Pictures of a result: each chart is a function that returns figure, data and words."""
