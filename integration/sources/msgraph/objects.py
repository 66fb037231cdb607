"""Objects as they stand in answers."""

from collections.abc import Mapping
from typing import Any

from integration.errors import BadAnswer
from integration.sources.msgraph.answers import Answer


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
