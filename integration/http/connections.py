"""Connections that can be cut while an answer is awaited, so that a run that is stopped does not wait for it."""

import socket
from contextlib import suppress
from http.client import BadStatusLine
from typing import Any
from weakref import WeakKeyDictionary

from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection

from integration.http.deadlines import Deadlines
from integration.http.trust import share_trust

_FINAL = 200
"""Statuses below tell of an answer that is to come (RFC 9110, section 15.2)."""
_MISDIRECTED = 421
"""What a server says to whom it does not serve on this connection, and may serve on another (section 15.5.20)."""


class Adapter(HTTPAdapter):
    """Requests' own adapter, with a connection for each request in flight.

    Args:
        connections: how many are kept.

    Attributes:
        deadlines: how long each exchange may take.
    """

    def __init__(self, connections: int) -> None:
        self._open: WeakKeyDictionary[HTTPConnection, Any] = WeakKeyDictionary()
        self._is_cut = False
        self.deadlines = Deadlines(self._shut)
        super().__init__(pool_connections=4, pool_maxsize=connections)

    def init_poolmanager(self, *args: Any, **named: Any) -> None:
        """Make the pools note what they open."""
        super().init_poolmanager(*args, **named)
        self._note(self.poolmanager)

    def proxy_manager_for(self, *args: Any, **named: Any) -> Any:
        """Return the pools of a proxy, which note what they open too."""
        manager = super().proxy_manager_for(*args, **named)
        self._note(manager)
        return manager

    def cut(self) -> None:
        """Make everybody who awaits an answer, or connects from now on, get an error; safe for many threads."""
        self._is_cut = True
        for connection in list(self._open):
            self._shut(connection)

    def close(self) -> None:
        """Close what is open, and end the watch over how long exchanges take."""
        super().close()
        self.deadlines.close()

    def _shut(self, connection: HTTPConnection) -> None:
        """Make whoever reads from a connection, or writes to it, get an error at once.

        A connection that closes after its answer has given its socket away by then.
        """
        for each in (self._open.get(connection), connection.sock):
            if each is not None:
                with suppress(OSError):  # the other side was faster
                    socket.socket.shutdown(each, socket.SHUT_RDWR)

    def _note(self, manager: Any) -> None:
        uses = self.deadlines.uses

        def opened(connection: HTTPConnection) -> None:
            self._open[connection] = connection.sock
            if self._is_cut:
                connection.close()
                raise ConnectionAbortedError("the run was stopped")

        class Noted(HTTPConnection):
            def connect(self) -> None:
                uses(self)
                super().connect()
                opened(self)

            def request(self, *args: Any, **named: Any) -> None:
                uses(self)
                super().request(*args, **named)

            def getresponse(self) -> Any:
                response = super().getresponse()
                if response.status < _FINAL:  # what comes after it would be read as the answer to the next request
                    raise BadStatusLine(f"{response.status} is no final status")
                if response.status == _MISDIRECTED and self.sock is not None:
                    self.sock.close()  # the answer can be read to its end all the same
                    self.sock = None
                return response

        class Secure(Noted, HTTPSConnection):
            def connect(self) -> None:
                share_trust(self)
                super().connect()

        class PlainPool(HTTPConnectionPool):
            ConnectionCls = Noted

        class SecurePool(HTTPSConnectionPool):
            ConnectionCls = Secure

        manager.pool_classes_by_scheme = {"http": PlainPool, "https": SecurePool}
