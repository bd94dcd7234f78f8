"""Printouts: files from a snapshot, asked for, watched and downloaded."""
