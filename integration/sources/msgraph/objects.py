"""Objects as they stand in answers."""

from collections.abc import Iterable, Mapping
from typing import Any

from integration.errors import BadAnswer
from integration.sources.msgraph.answers import Answer
from integration.text.given import is_guid
from integration.text.secret import HIDDEN

_NAMES = ("id", "appId", "deviceId")
"""Keys and alternate keys: what Graph finds an object by (application, servicePrincipal, device resource types)."""


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


def spell_alike(rows: Iterable[Any]) -> None:
    """Write what objects are called by in small letters where it is a GUID: what is joined by it compares letters.

    The letters of a GUID have no case (RFC 9562, section 4), so that one answer may write it otherwise than another.
    All else stays, since ids of role assignments, say, tell objects apart by case. The ids are looked at together:
    there is one for every link of a tenant, and hardly ever one to change.

    Args:
        rows: objects as they came; what is none stays as it is.
    """
    objects = [row for row in rows if isinstance(row, dict)]
    for name in _NAMES:
        called = [(row, id) for row in objects if isinstance(id := row.get(name), str)]
        if called and not "".join([id for _, id in called]).islower():
            for row, id in called:
                if is_guid(id):
                    row[name] = id.lower()
