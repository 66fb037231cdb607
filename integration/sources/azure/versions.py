"""Versions of an API that Azure names where it does not have the one that is asked for.

A region or a national cloud gets a version later than others, and an old one is retired. Sources: azure-cli, issues
23985 and 28038; azure-resource-manager-schemas, issue 33.
"""

import re
from collections.abc import Sequence

_NAMED = re.compile(r"(?i)\bsupported (?:api-)?versions are '([^']*)'")
_STABLE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def versions_named(message: str) -> tuple[str, ...]:
    """Return the versions that a refusal says there are, but for previews; none where it names none."""
    told = _NAMED.search(message)
    each = (version.strip() for version in told[1].split(",")) if told else ()
    return tuple(filter(_STABLE.fullmatch, each))


def nearest_version(asked: str, there_are: Sequence[str]) -> str | None:
    """Return the newest version that is no newer than the one that is asked for, else the oldest one; or ``None``.

    What follows in time has most in common with what a step was written for.

    Args:
        asked: the version that Azure does not have, such as ``2023-07-01``.
        there_are: those that it has.
    """
    older = [version for version in there_are if version <= asked[:10]]
    return max(older) if older else min(there_are, default=None)
