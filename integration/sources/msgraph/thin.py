"""Changed objects that come without most of what was known of them: a crippled row must not take a good one's place."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote, urlencode

from integration.errors import BadAnswer, NotFound
from integration.sources.msgraph.batch import MOST, Inner, batch
from integration.sources.msgraph.client import GraphClient
from integration.values import guid_key

_Row = Mapping[str, Any]


def completed(
    client: GraphClient, path: str, select: Sequence[str] | None, rows: Mapping[str, _Row], old: Mapping[str, _Row]
) -> dict[str, _Row]:
    """Return changed objects with those that lack most of what the old state had read again, one by one.

    A change names all selected properties that have a value, and an emptied one as null (Use delta query). So a row
    without them is more often a fault than the truth, and asking for the object tells which.

    Args:
        client: sends the requests.
        path: the collection.
        select: properties.
        rows: changed objects by id, as the changes tell them.
        old: what is known of them by id.

    Returns:
        The objects by id, without those that are not there any more.

    Raises:
        BadAnswer: too many rows are such, so that the changes are not to be trusted.
        GraphError: Graph did not give one of them.
    """
    thin = [key for key, row in rows.items() if key in old and _is_thin(row, old[key])]
    if not thin:
        return dict(rows)
    if len(thin) > MOST:
        raise BadAnswer(f"{len(thin)} changed objects lack most of their properties", path=path, status=200)
    query = f"?{urlencode({'$select': ','.join(select)}, safe=',$')}" if select else ""
    found = dict(rows)
    for key, answer in zip(
        thin, batch(client, [Inner(f"{path}/{quote(key, safe='')}{query}", {}) for key in thin]), strict=True
    ):
        error = answer.error()
        if isinstance(error, NotFound):
            del found[key]
        elif error:
            raise error
        elif guid_key(answer.body.get("id")) != key:
            raise BadAnswer("an object was asked for, and another one came", path=path, status=200)
        else:
            told = {name: value for name, value in answer.body.items() if name != "@odata.context"}
            found[key] = {**told, "id": key}
    return found


def _is_thin(row: _Row, old: _Row) -> bool:
    """Tell whether a row says nothing of more than half of the properties that had a value."""
    had = [name for name, value in old.items() if value is not None and "@" not in name]
    return 2 * sum(name not in row for name in had) > len(had)
