"""The paces of a client's requests: one of all, and a lane of each kind that the API limits by itself."""

import threading
from collections.abc import Mapping

from integration.http.pace import Lane, Pace


class Lanes:
    """Makes each lane when the first request of its kind comes; safe for many threads.

    Args:
        pace: of the requests that are in no lane.
        limits: how many requests in how many seconds, by the name of a limit.
    """

    def __init__(self, pace: Pace, limits: Mapping[str, tuple[int, float]]) -> None:
        self._pace, self._limits = pace, limits
        self._lanes: dict[str, Lane] = {}
        self._lock = threading.Lock()

    def pace_of(self, name: str) -> Pace:
        """Return the lane of a name, such as ``reports`` or ``lists of {subscription}``; all's where it is empty.

        Raises:
            Interrupted: the pace of all was stopped.
        """
        if not name:
            return self._pace
        with self._lock:
            lane = self._lanes.get(name)
            if lane is None:
                self._pace.check()
                lane = self._lanes[name] = Lane(*self._limits[name.partition(" of ")[0]])
                lane.tell = self._pace.tell
            return lane

    def paces(self) -> list[Pace]:
        """Return the pace of all, and the lanes that there are."""
        with self._lock:
            return [self._pace, *self._lanes.values()]
