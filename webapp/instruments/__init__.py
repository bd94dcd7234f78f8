"""Instruments: the questionnaires, to read and to print."""
