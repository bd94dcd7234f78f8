"""What everybody may read: the published reports, from their documents only."""
