"""Words of Microsoft's, and values that are one text of several words."""

from typing import Any


def words_of(text: Any) -> list[str] | None:
    """Return the words of a text such as ``b2bCollaborationGuest,serviceProvider``, sorted; ``None`` where it is none.

    So Graph writes a value of an enumeration whose members can be combined.
    """
    if not isinstance(text, str):
        return None
    return sorted({word.strip() for word in text.split(",")} - {""})


def composed(between: str, *values: Any) -> str:
    """Return several values as one text, without those that are null or empty: null is no word of a name."""
    return between.join(str(value) for value in values if value not in (None, ""))


def says(value: Any, *words: str) -> bool:
    """Tell whether a value is one of some words; services write them in any case.

    Sources: Azure Resource Manager's contract for providers, which makes values of enumerations case-insensitive; for
    Microsoft Graph, what it gives: of most such properties the type is a text, and it writes ``Hiddenmembership`` too.
    """
    return value in words or (isinstance(value, str) and value.lower() in map(str.lower, words))


def whether(value: Any, *words: str) -> bool | None:
    """Tell whether a value is one of some words; ``None`` where there is none, which an empty text says, too."""
    return None if value in (None, "") else says(value, *words)


def any_says(values: Any, *words: str) -> bool:
    """Tell whether one of a list's values is one of some words, in any case."""
    return any(says(each, *words) for each in values or ())
