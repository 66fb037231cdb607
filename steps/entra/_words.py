"""Values that Graph writes as one text."""

from typing import Any


def words_of(text: Any) -> list[str] | None:
    """Return the words of a text such as ``b2bCollaborationGuest,serviceProvider``, sorted; ``None`` where it is none.

    So Graph writes a value of an enumeration whose members can be combined.
    """
    if not isinstance(text, str):
        return None
    return sorted({word.strip() for word in text.split(",")} - {""})
