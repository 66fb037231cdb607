"""Words of Microsoft's, and values that are one text of several words."""

from typing import Any

from integration.sdk.unread import leave_unread
from steps._forms import form_of


def words_of(text: Any) -> list[str] | None:
    """Return the words of a text such as ``b2bCollaborationGuest,serviceProvider``, sorted; ``None`` where it is none.

    So Graph writes a value of an enumeration whose members can be combined.
    """
    if not isinstance(text, str):
        if text is not None:
            leave_unread(f"{form_of(text)} stands where words do")
        return None
    return sorted({word.strip() for word in text.split(",")} - {""})


def composed(between: str, *values: Any) -> str:
    """Return several values as one text, without those that are null or empty: null is no word of a name."""
    return between.join(str(value) for value in values if value not in (None, ""))


def says(value: Any, *words: str) -> bool:
    """Tell whether a value is one of some words; services write them in any case.

    Sources: Azure Resource Manager's contract for providers, which makes values of enumerations case-insensitive; for
    Microsoft Graph, what it gives: of most such properties the type is a text, and it writes ``Hiddenmembership`` too.
    A value that is no word says nothing, and is left unread: what it would have decided is not known.
    """
    if isinstance(value, str):
        return value in words or value.lower() in map(str.lower, words)
    if value is not None:
        leave_unread(f"{form_of(value)} stands where a word such as {words[0]} does")
    return False


def whether(value: Any, *words: str) -> bool | None:
    """Tell whether a value is one of some words; ``None`` where there is none, which an empty text says, too."""
    return None if value in (None, "") else says(value, *words)


def any_says(values: Any, *words: str) -> bool:
    """Tell whether one of a list's values is one of some words, in any case."""
    return any(says(each, *words) for each in values or ())
