"""The APIs that a tenant is read from. Each reads its collections into the mirror."""
