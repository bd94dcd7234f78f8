"""Figures of a benchmark in words, tables and pictures, for every page and file that shows them."""
