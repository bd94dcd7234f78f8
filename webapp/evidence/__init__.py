"""Evidence: added, withdrawn, handed out again."""
