"""Children that relations still have, although a listing that is read for the first time does not show them.

What deletes a child is told by changes of its own collection, and these only from the time on at which its listing was
begun. A run that was cut short, or one in which fewer types were read, may have read the links to it before that.
"""

from collections.abc import Sequence
from contextlib import suppress

from integration.errors import GraphError, NotFound
from integration.sources.collection import Collection
from integration.sources.msgraph.batch import MOST, Inner, batch
from integration.sources.msgraph.client import GraphClient
from integration.sources.msgraph.kinds import COLLECTIONS, Takes, kind_of
from integration.sources.msgraph.links import relative


def leave_out_deleted(client: GraphClient, path: str, into: Collection) -> None:
    """Have relations lose what is there no more of the kind that a listing has.

    Not all that a listing lacks is gone: Graph is asked for each. What it does not answer counts as being there, and is
    told as a relationship that leads nowhere.

    Args:
        client: asks.
        path: of the listing, such as ``/users``.
        into: the listing, which is there to the last.
    """
    known, linked = into.known, set[str]()
    for kind in (kind for kind, listed in COLLECTIONS.items() if listed == path):
        takes = Takes(kind)
        for rows in into.linked(f".{kind}"):
            linked.update(row["id"] for row in rows if takes[kind_of(row)])
    missing = sorted(linked - into.holds([*linked]))
    with suppress(GraphError):
        for at in range(0, len(missing), MOST):
            gone = _gone(client, path, missing[at : at + MOST])
            into.change({}, gone, known.delta_link if known else None)


def _gone(client: GraphClient, path: str, ids: Sequence[str]) -> list[str]:
    asked = [Inner(relative(f"{path}/{key}", {"$select": "id"}), {}) for key in ids]
    errors = [answer.error() for answer in batch(client, asked)]
    return [key for key, error in zip(ids, errors, strict=True) if error and _is_gone(client, f"{path}/{key}", error)]


def _is_gone(client: GraphClient, path: str, error: GraphError) -> bool:
    """Tell whether an object is there no more; another error than that is met with another question."""
    if isinstance(error, NotFound):
        return True
    try:
        client.get(client.url(path, {"$select": "id"}))
    except NotFound:
        return True
    except GraphError:
        return False
    return False
