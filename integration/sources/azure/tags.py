"""What is kept of the tags of resources: people put secrets there, too."""

import re
from typing import Any

from integration.sources.azure.discretion import without_secrets
from integration.sources.azure.verdicts import is_secret_tag
from integration.text.stated import unstated

_TOLD = re.compile(r"[A-Za-z]{0,8}|/subscriptions/\S*|https://\S*|\d{4}-\d\d-\d\d\S*", re.IGNORECASE)
"""What is no secret whatever the tag is called: a short word such as ``none``, where one is, or a date."""


def tags_kept(tags: Any) -> Any:
    """Return the tags of a resource without what they say of a password, a token or a key, also by their names."""
    if not isinstance(tags, dict):
        return without_secrets(tags)
    return {
        unstated(name): _tag(name, value) if isinstance(value, str) else without_secrets(value)
        for name, value in tags.items()
    }


def _tag(name: str, value: str) -> str:
    kept = without_secrets(value)
    if is_secret_tag(name):
        return str(kept) if _TOLD.fullmatch(value) else ""
    told, beginning = unstated(f"{name}: {kept}"), f"{name}: "
    return told.removeprefix(beginning) if told.startswith(beginning) else ""
