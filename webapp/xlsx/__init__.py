"""Excel workbooks: written, unpacked with care, read. Knows nothing of cities and answers."""
