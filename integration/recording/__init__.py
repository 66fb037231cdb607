"""Recording types: a live tenant read, scrubbed, cut, and written as the cassettes that steps are tested with."""
