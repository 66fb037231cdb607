"""Text that comes in and goes out: decoded, made harmless to look at, and without secrets."""
