"""Azure as a source, read over real HTTP."""
