"""What may happen, by whom and in which order: the rules of the process, free of the web."""
