"""Turning Graph's values into JupiterOne's."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import TypeVar

T = TypeVar("T")

_graph_time = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,7})?Z", re.ASCII).fullmatch
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
_NEVER = datetime.min.replace(tzinfo=UTC)


def epoch_ms(value: str | None) -> int | None:
    """Return a time of Graph as JupiterOne writes it: whole milliseconds since 1970-01-01T00:00:00Z.

    Args:
        value: Edm.DateTimeOffset as Graph writes it: ISO 8601 in UTC, such as ``2024-05-01T12:30:00Z``, with up to
            seven digits of a second (Microsoft Graph, "user resource type"); what is below a millisecond is cut off.

    Returns:
        The milliseconds; ``None`` for ``None`` and for ``0001-01-01T00:00:00Z``, Graph's way of saying never.

    Raises:
        ValueError: the value is anything else; the message names it.
    """
    if value is None:
        return None
    if not _graph_time(value):
        raise ValueError(f"not a time as Graph writes it: {value!r}")
    try:
        moment = datetime.fromisoformat(value)
    except ValueError as error:
        raise ValueError(f"not a time as Graph writes it: {value!r}: {error}") from None
    return None if moment == _NEVER else (moment - _EPOCH) // _MILLISECOND


def without_nulls(values: Iterable[T | None] | None) -> list[T] | None:
    """Return the values of a collection of Graph without its nulls; ``None`` where Graph gave no collection."""
    return None if values is None else [value for value in values if value is not None]
