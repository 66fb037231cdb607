"""Objects as they stand in answers."""

from collections.abc import Callable, Mapping, Sequence, Set
from typing import Any

from integration.errors import BadAnswer
from integration.sources.msgraph.answers import Answer
from integration.text.given import is_guid
from integration.text.secret import HIDDEN


def object_of(answer: Answer) -> Mapping[str, Any]:
    """Return the object that an answer holds.

    Raises:
        BadAnswer: it holds none, or a list in its place.
    """
    said = {name: value for name, value in answer.body.items() if not name.startswith("@")}
    if not said or (said.keys() == {"value"} and isinstance(said["value"], list)):
        raise BadAnswer("the answer holds no object", path=answer.path, status=answer.status)
    return answer.body


def has_id(row: Mapping[str, Any]) -> bool:
    """Tell whether an object says what it is called: an id of which a secret was taken out is none."""
    return isinstance(row.get("id"), str) and row["id"] != "" and HIDDEN not in row["id"]


def object_id(row: Mapping[str, Any], path: str) -> str:
    """Return the id of an object.

    Raises:
        BadAnswer: it has none.
    """
    if not has_id(row):
        raise BadAnswer("an object of the collection has no id", path=path, status=200)
    return str(row["id"])


def spell_as_known(rows: Sequence[dict[str, Any]], known: Callable[[Sequence[str]], Set[str]]) -> None:
    """Have objects that changed be called as they are where they are known.

    Args:
        rows: the objects.
        known: returns which of some ids are.
    """
    forms = {row["id"]: spellings(row["id"]) for row in rows if has_id(row)}
    there = known([form for each in forms.values() for form in each])
    for row in rows:
        if has_id(row):
            row["id"] = next((form for form in forms[row["id"]] if form in there), row["id"])


def spellings(id: str) -> Sequence[str]:
    """Return how an id may be written, first as it is: a GUID is the same in any case of letters (RFC 9562, section 4).

    Other ids are opaque, so that their letters stay (Best practices for working with Microsoft Graph).
    """
    return list(dict.fromkeys((id, id.lower(), id.upper()))) if is_guid(id) else [id]
