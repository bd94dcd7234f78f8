"""The benchmark dashboard: figures, charts, tables."""
