"""``integration fleet``: many tenants."""

from integration.commands.fleet import asking, reading

__all__ = ["asking", "reading"]
