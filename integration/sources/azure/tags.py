"""What is kept of the tags of resources: people put secrets there, too."""

from typing import Any

from integration.sources.azure.discretion import without_secrets
from integration.sources.azure.stated import unstated


def tags_kept(tags: Any) -> Any:
    """Return the tags of a resource without what they say of a password, a token or a key, also by their names."""
    if not isinstance(tags, dict):
        return without_secrets(tags)
    return {name: _tag(name, value) if isinstance(value, str) else value for name, value in tags.items()}


def _tag(name: str, value: str) -> str:
    told, beginning = unstated(f"{name}: {without_secrets(value)}"), f"{name}: "
    return told.removeprefix(beginning) if told.startswith(beginning) else ""
