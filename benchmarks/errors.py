"""What can go wrong with a measurement."""


class BenchmarkError(Exception):
    """A program did not start, did not end well, or did not read what the tenant holds: its figures mean nothing."""
