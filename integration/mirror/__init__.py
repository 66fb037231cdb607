"""The tenant's raw collections on disk: cache, checkpoint and base of later runs in one. Knows no API and no graph."""
