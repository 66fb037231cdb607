"""How far a run is, and that in words."""

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from integration.sdk.progress import Progress
from integration.text.phrases import counted

_NAMED = 3


@dataclass
class Standing:
    """How far a run is.

    Attributes:
        types: how many are to be read.
        finished: how many have their verdict.
        running: types whose step runs, in the order in which they started.
        collections: how far each collection is, and since when it is read.
        waits_until: until when Graph is not asked again.
        began: when the run began; all times are those of ``time.monotonic``.
    """

    types: int
    finished: int = 0
    running: list[str] = field(default_factory=list)
    collections: dict[str, tuple[Progress, float]] = field(default_factory=dict)
    waits_until: float = 0.0
    began: float = field(default_factory=time.monotonic)


def clock(seconds: float) -> str:
    """Return a duration as ``1:05`` or ``1:02:05``."""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes_left = divmod(minutes, 60)
    return f"{hours}:{minutes_left:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def in_words(standing: Standing, now: float) -> str:
    """Return how far a run is in one line, for where there is no terminal."""
    going = [progress for progress, _ in standing.collections.values() if not progress.done]
    reads = [f"{each.collection}: {pages_of([each])}, {counted(each.items, 'object')}" for each in going[:_NAMED]]
    more = [f"and {counted(len(going) - _NAMED, 'collection')} more"] if len(going) > _NAMED else []
    return "; ".join([", ".join(parts(standing, now)), *reads, *more])


def parts(standing: Standing, now: float) -> list[str]:
    """Return how many types are read, how long that took, and what is waited for."""
    left = math.ceil(standing.waits_until - now)
    types = f"{standing.finished} of {counted(standing.types, 'type')}"
    return [types, f"{clock(now - standing.began)} elapsed", *([f"waits {left} s for Graph"] if left > 0 else [])]


def pages_of(collections: Sequence[Progress]) -> str:
    """Return how many pages of these collections are read."""
    return counted(sum(each.pages for each in collections), "page")
