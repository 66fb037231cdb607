"""The connections that read a mirror beside the one that writes it."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from integration.disk.sqlite import Connection
from integration.mirror.tables import connect_to

_CACHE = 1_000
"""Kilobytes of the file that a connection keeps."""


class ReadConnections:
    """Connections that serve one reader after the other: to open one takes longer than to read most collections.

    Args:
        path: the mirror.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._free: list[Connection] = []
        self._is_closed = False

    @contextmanager
    def one(self) -> Iterator[Connection]:
        """Have a connection that nobody else has; where reading fails, it is not used again."""
        with self._lock:
            database = self._free.pop() if self._free else None
        if database is None:
            database = connect_to(self._path, writes=False)
            database.execute(f"PRAGMA cache_size = -{_CACHE}")
        try:
            yield database
        except BaseException:
            database.close()
            raise
        with self._lock:
            if not self._is_closed:
                self._free.append(database)
                return
        database.close()

    def close(self) -> None:
        """Close those that nobody has, and each of the others when it is no longer used."""
        with self._lock:
            self._is_closed = True
            for database in self._free:
                database.close()
            self._free.clear()
