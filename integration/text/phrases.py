"""Names and numbers as people say them."""

import re
from collections.abc import Sequence

_NAMED = 4


def some(names: Sequence[str]) -> str:
    """Return names as a phrase; of many only the first ones."""
    if len(names) > _NAMED + 1:
        return f"{', '.join(names[:_NAMED])} and {len(names) - _NAMED} more"
    return listed(names)


def listed(names: Sequence[str]) -> str:
    """Return names as a phrase, such as ``a, b and c``."""
    *most, last = names
    return f"{', '.join(most)} and {last}" if most else last


def counted(count: int, noun: str) -> str:
    """Return how many there are of something: ``1 policy``, ``2 policies``."""
    if count == 1:
        return f"1 {noun}"
    return f"{count:,} {noun[:-1]}ies" if re.search(r"[^aeiou]y$", noun) else f"{count:,} {noun}s"
