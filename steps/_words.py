"""Words of Microsoft's, and values that are one text of several words."""

from typing import Any

from integration.sdk.row import Row
from integration.sdk.unread import leave_unread


def words_of(text: Any) -> list[str] | None:
    """Return the words of a text such as ``b2bCollaborationGuest,serviceProvider``, sorted; ``None`` where it is none.

    So Graph writes a value of an enumeration whose members can be combined.
    """
    if not isinstance(text, str):
        return None
    return sorted({word.strip() for word in text.split(",")} - {""})


def says(value: Any, *words: str) -> bool:
    """Tell whether a value is one of some words; services write them in any case.

    Sources: Azure Resource Manager's contract for providers, which makes values of enumerations case-insensitive; for
    Microsoft Graph, what it gives: of most such properties the type is a text, and it writes ``Hiddenmembership`` too.
    """
    return value in words or (isinstance(value, str) and value.lower() in map(str.lower, words))


def any_says(values: Any, *words: str) -> bool:
    """Tell whether one of a list's values is one of some words, in any case."""
    return any(says(each, *words) for each in values or ())


def always(holder: Any, name: str) -> str:
    """Return a text without which no object of its kind is given, such as whom an assignment is for.

    What has another is left unread, and the type is partial for it: an object that has lost its end is no object
    without one, and nothing goes for want of it. Where the text is missing it is empty.
    """
    told = _told(holder, name)
    if isinstance(told, str) and told:
        return told
    leave_unread(f"{name} is {'missing' if told is None or told == '' else 'no text'}")
    return ""


def listed(holder: Any, name: str) -> list[Any]:
    """Return what an object lists under a name; nothing where it lists nothing.

    What is no list is left unread, and the type is partial for it: a text has letters, an object has names, and what
    is empty in another way is not known to be empty.
    """
    told = _told(holder, name)
    if told is None or isinstance(told, list):
        return told or []
    leave_unread(f"{name} is no list")
    return []


def _told(holder: Any, name: str) -> Any:
    """Return what an object has under a name, if anything; to read what was not selected is a mistake, and raises."""
    return holder[name] if isinstance(holder, Row) and holder.selected is not None else holder.get(name)
