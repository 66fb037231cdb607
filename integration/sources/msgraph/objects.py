"""Objects as they stand in answers."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from integration.errors import BadAnswer
from integration.sources.msgraph.answers import Answer

_GUID = re.compile(r"[0-9A-F]{8}-(?:[0-9A-F]{4}-){3}[0-9A-F]{12}", re.ASCII | re.IGNORECASE)


def spell_alike(rows: Sequence[dict[str, Any]]) -> None:
    """Write the ids that are GUIDs in lower case: the letters of a GUID have no case, and what is joined by it has.

    All other ids are left as they are, since those of role assignments, say, tell objects apart by case. The ids are
    looked at together: there is one for every link of a tenant, and hardly ever one to change.

    Source: RFC 9562, section 4, whose letters are written in lower case and read in any.

    Args:
        rows: objects as they came; one without an id stays as it is.
    """
    ids = "".join([key for row in rows if type(key := row.get("id")) is str])
    if ids != ids.lower():
        for row in rows:
            key = row.get("id")
            if isinstance(key, str) and _GUID.fullmatch(key):
                row["id"] = key.lower()


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
    """Tell whether an object says what it is called."""
    return isinstance(row.get("id"), str) and row["id"] != ""


def object_id(row: Mapping[str, Any], path: str) -> str:
    """Return the id of an object.

    Raises:
        BadAnswer: it has none.
    """
    if not has_id(row):
        raise BadAnswer("an object of the collection has no id", path=path, status=200)
    return str(row["id"])
