"""Destinations against the best loaders that we can write for them: ``python -m benchmarks.loaders --help``."""
