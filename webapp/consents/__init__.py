"""Consents: a signatory says whether public figures may bear the name of the city."""
