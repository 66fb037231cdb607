"""Objects as they stand in answers."""

from collections.abc import Iterable, Mapping
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


def spell_ids(rows: Iterable[dict[str, Any]]) -> None:
    """Have objects be called the same in every answer: a GUID in lower case, as Graph writes it almost everywhere.

    It is the same in any case of letters (RFC 9562, section 4). Other ids are opaque, so that their letters stay.
    """
    for row in rows:
        key = row.get("id")
        if isinstance(key, str) and not key.islower() and is_guid(key):
            row["id"] = key.lower()
