"""Readers of a tenant to compare with, each a program of its own.

``python -m benchmarks.readers.NAME TASK`` takes a ``Task`` and prints a ``Tally``, both as JSON. They keep nothing of
what they read but counts, wait as long as Graph tells them to, and ask for members as an advanced query, because the
plain listing of v1.0 leaves service principals out (List group members).
"""
