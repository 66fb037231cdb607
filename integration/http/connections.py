"""Connections that can be cut while an answer is awaited, and that may be kept for the next run to the same host."""

import time
from http.client import BadStatusLine
from math import inf
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, PoolManager
from urllib3.connection import HTTPConnection, HTTPSConnection

from integration.http.deadlines import Deadlines, begins_to_answer, releases, uses
from integration.http.trust import share_trust

_FINAL = 200
"""Statuses below tell of an answer that is to come (RFC 9110, section 15.2)."""
_MISDIRECTED = 421
"""What a server says to whom it does not serve on this connection, and may serve on another (section 15.5.20)."""
_HOSTS = 16
_KEPT = 256
_IDLE = 60.0
"""Seconds for which a connection is trusted that nobody uses: what stands between may forget it without a word. Azure's
load balancers do after four minutes."""


class Adapter(HTTPAdapter):
    """Requests' own adapter, with a connection for each request in flight: those that the process keeps, or its own.

    Attributes:
        deadlines: how long each exchange may take; a thread that sends a request has one.
    """

    def __init__(self) -> None:
        self.deadlines = Deadlines()
        self._connections, self._is_own = (_shared, False) if _shared else (_Connections(), True)
        super().__init__(_HOSTS, _KEPT)
        self.proxy_manager = self._connections.of_proxies

    def init_poolmanager(self, *_: Any, **__: Any) -> None:
        """Use the pools that there are."""
        self.poolmanager = self._connections.straight

    def proxy_manager_for(self, *args: Any, **named: Any) -> Any:
        """Return the pools of a proxy."""
        return _noting(super().proxy_manager_for(*args, **named))

    def cut(self) -> None:
        """Make everybody who awaits an answer, or asks from now on, get an error; safe for many threads."""
        self.deadlines.cut()

    def close(self) -> None:
        """Close what is open and its own, and end the watch over how long exchanges take."""
        if self._is_own:
            super().close()
        self.deadlines.close()


def keep_connections() -> None:
    """Have this process keep connections for whoever asks the same host next: for one that reads many tenants.

    A tenant's run opens some six of them, each of which takes two round trips and as much of the processor as several
    requests. Each request bears its own token, so that it makes no difference which tenant a connection served before.
    """
    global _shared
    _shared = _shared or _Connections()


class _Connections:
    """Pools of connections, by host, and by the authorities that are trusted there."""

    def __init__(self) -> None:
        self.straight = _noting(PoolManager(num_pools=_HOSTS, maxsize=_KEPT))
        self.of_proxies: dict[str, Any] = {}


class _Noted(HTTPConnection):
    """Says that the exchange of the calling thread uses it."""

    def connect(self) -> None:
        uses(self)
        super().connect()
        uses(self)

    def request(self, *args: Any, **named: Any) -> None:
        uses(self)
        super().request(*args, **named)

    def getresponse(self) -> Any:
        try:
            response = super().getresponse()
        except OSError:  # also where the host has shut the connection without a word
            raise
        except Exception:
            begins_to_answer()  # by something that is no answer of HTTP
            raise
        begins_to_answer()
        if response.status < _FINAL:  # what comes after it would be read as the answer to the next request
            raise BadStatusLine(f"{response.status} is no final status")
        if response.status == _MISDIRECTED and self.sock is not None:
            self.sock.close()  # the answer can be read to its end all the same
            self.sock = None
        return response


class _NotedSecure(_Noted, HTTPSConnection):
    def connect(self) -> None:
        share_trust(self)
        super().connect()


class _Pool(HTTPConnectionPool):
    """Gives no connection away that nobody has used for long."""

    ConnectionCls = _Noted

    def _get_conn(self, timeout: float | None = None) -> Any:
        connection = super()._get_conn(timeout)
        if time.monotonic() - getattr(connection, "released_on", inf) > _IDLE:
            connection.close()  # it opens itself again
        return connection

    def _put_conn(self, conn: Any) -> None:
        if conn is not None:
            releases(conn)
            conn.released_on = time.monotonic()
        super()._put_conn(conn)


class _SecurePool(_Pool, HTTPSConnectionPool):
    ConnectionCls = _NotedSecure


def _noting(manager: Any) -> Any:
    manager.pool_classes_by_scheme = {"http": _Pool, "https": _SecurePool}
    return manager


_shared: _Connections | None = None
