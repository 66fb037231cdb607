"""Recording types: a live tenant read, scrubbed, cut, and written as the cassettes that steps are tested with."""

KEEP = 3
"""Objects that are kept of the first page and of the last, and entries of a list inside one, unless told otherwise."""
