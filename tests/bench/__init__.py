"""Measurements: each ``bench_*`` module prints JSON lines ``{"name", "value", "unit", "n"}``."""
