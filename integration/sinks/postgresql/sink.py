"""``postgresql://…``: the graph in a PostgreSQL database, which may hold those of several tenants.

The URL is libpq's (``postgresql://user@host:port/database?sslmode=…``), and so are its rules: what it leaves out comes
from the environment (``PGHOST``, ``PGPASSWORD``, …) or a password file. One parameter is ours, ``schema``: where the
tables are, ``integration`` unless it says otherwise; it is made where it is missing, and the tables stand in
``postgresql_layout``.
"""

import os
import re
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from integration.errors import ConfigurationError, OutputError
from integration.sdk.report import Report
from integration.sdk.sink import StoredGraph
from integration.sdk.step import Step
from integration.sdk.stopping import Stopping
from integration.text.given import one_line
from integration.text.secret import Address, Secret
from integration.text.visible import line

if TYPE_CHECKING:
    import psycopg

SCHEMA = "integration"
"""The schema of a URL that names none."""

_INSTALL = "pip install 'integration-microsoft-entra[postgresql]'"
_CONNECT_SECONDS = 15
_KEEPALIVES = {"keepalives_idle": 60, "keepalives_interval": 10, "keepalives_count": 6}
"""Two minutes after which a server that is gone without a word is known to be; the system's own are two hours."""
_CANCEL_SECONDS = 1.0
_BEFORE = "; it holds what it held before, until a push succeeds"
_COMMITTING = "; whether it holds this graph or what it held before is not known, until a push succeeds"
"""Where the connection is lost after the server was asked to commit; what the server says itself undoes everything."""
_LONGEST_NAME = 63
"""Bytes: PostgreSQL cuts longer names off (NAMEDATALEN)."""

_HOST = r"(?:\[[0-9A-Fa-f:.%]+\]|[^\[\]:,@/?\s]*)(?::\d*)?"
_URL = re.compile(
    r"(?P<scheme>\w+)://(?:(?P<user>[^@/]*)@)?"
    rf"(?P<hosts>{_HOST}(?:,{_HOST})*)(?P<database>/[^@?]*)?(?:\?(?P<query>.*))?",
    re.DOTALL,
)
"""Takes a URL apart where libpq does (conninfo_uri_parse in its fe-connect.c). Where it does not match, a part of the
password may have been taken for something else."""


class PostgresqlSink:
    """Writes the graph into the tables ``entities``, ``relationships`` and ``verdicts``, with a view for each type.

    A push is one transaction: readers see the previous graph until it is committed, and one that ends early leaves it.
    It sends what changed since the revision that the tables hold, or, where the graph does not know that, compares all
    records. Two pushes of one graph wait for each other.

    Args:
        url: as libpq takes it, with the scheme ``postgresql`` or ``postgres``.
        stopping: tells when nothing more is to be written: the statement that the server is at is cancelled then.

    Raises:
        ConfigurationError: it is no such URL.
    """

    def __init__(self, url: str, stopping: Stopping | None = None) -> None:
        self._stopping = stopping or Stopping()
        parts = _URL.fullmatch(url)
        if parts is None:
            raise _no_url()
        parameters = (parts["query"] or "").split("&")
        ours = [each for each in parameters if each.partition("=")[0] == "schema"]
        self._schema = unquote(ours[-1].partition("=")[2]) if ours else SCHEMA
        if not 0 < len(self._schema.encode()) <= _LONGEST_NAME or "\0" in self._schema:
            raise ConfigurationError([f"{parts['scheme']}://…: its schema is not a name of 1 to {_LONGEST_NAME} bytes"])
        rest = "&".join(each for each in parameters if each not in ours)
        known = url.partition("?")[0] if parts["query"] is None else url[: parts.start("query")] + rest
        self._conninfo = Address(known)
        shown = "" if self._schema == SCHEMA else f"?schema={self._schema}"
        self.url = f"{parts['scheme']}://{parts['hosts']}{parts['database'] or ''}{shown}"

    def check(self) -> None:
        """Connect, and see whether the tables are there or can be made.

        Raises:
            ConfigurationError: the driver is missing, or libpq does not understand the URL.
            OutputError: the server is not reached or refuses, or the schema cannot be used.
        """
        with self._connection() as connection:
            from integration.sinks.postgresql.layout import check, search_in
            from integration.sinks.postgresql.push import rehearse

            if check(connection, self._schema):
                search_in(connection, self._schema)
                rehearse(connection)
                connection.rollback()

    def write(self, graph: StoredGraph, steps: Sequence[Step], report: Report) -> None:
        """Bring the tables up to date.

        Raises:
            OutputError: the server is not reached, refuses or goes away, or the schema cannot be used; it holds what it
                held before, but where it goes away as it is to commit: then nobody knows.
        """
        with self._connection(_BEFORE) as connection:
            from integration.sinks.postgresql.push import Push

            Push(connection, self._schema, graph, steps, report).run()

    @contextmanager
    def reading(self) -> Iterator["psycopg.Connection"]:
        """Connect to look at what was pushed, as it is at one moment; names of tables are looked up in the schema.

        Raises:
            ConfigurationError: the driver is missing, or libpq does not understand the URL.
            OutputError: the server is not reached, refuses or goes away, or nothing was pushed.
        """
        with self._connection() as connection:
            from integration.sinks.postgresql.layout import search_in

            connection.read_only = True
            if not search_in(connection, self._schema):
                raise OutputError(f'the schema "{self._schema}" holds no graph of this version: push one there')
            yield connection
            connection.rollback()  # a transaction that only reads may have made large objects all the same

    @contextmanager
    def _connection(self, outcome: str = "") -> Iterator["psycopg.Connection"]:
        """Connect; what was done is committed at the end, and undone by an exception, whose outcome is told."""
        try:
            import psycopg
            from psycopg.conninfo import conninfo_to_dict

            from integration.sinks.postgresql.remedies import with_remedy
        except ImportError:
            raise ConfigurationError([f"{self.url}: needs a driver that is not installed: {_INSTALL}"]) from None
        try:
            given = conninfo_to_dict(self._conninfo)
        except psycopg.ProgrammingError:
            raise _no_url() from None
        if "PGPASSWORD" in os.environ:  # of which libpq would send the line break that a file ends with
            given.setdefault("password", one_line(os.environ["PGPASSWORD"]))
        self._password = Secret(str(given.get("password") or ""))
        settings: dict[str, Any] = {"fallback_application_name": "integration", **_KEEPALIVES, **given}
        settings["client_encoding"] = "utf8"
        if "PGCONNECT_TIMEOUT" not in os.environ:
            settings.setdefault("connect_timeout", _CONNECT_SECONDS)
        is_committing = False
        try:
            connecting = partial(psycopg.connect, **settings, prepare_threshold=None)
            with closing(self._stopping.without_waiting(connecting)) as connection, connection:
                connection.isolation_level = psycopg.IsolationLevel.READ_COMMITTED
                with self._stopping.telling(partial(connection.cancel_safe, timeout=_CANCEL_SECONDS)):
                    yield connection
                    self._stopping.check()
                    is_committing = bool(outcome)
        except psycopg.Error as error:
            self._stopping.check()
            known = _COMMITTING if is_committing and error.sqlstate is None else outcome
            raise OutputError(f"{self.url}: {line(with_remedy(error))}{known}") from None
        except OutputError as error:
            raise OutputError(f"{self.url}: {error}{outcome}") from None


def _no_url() -> ConfigurationError:
    """Return an error that repeats nothing of the URL: a password that is not encoded may be taken for a host."""
    return ConfigurationError(
        [
            "the destination is not a URL that libpq understands: write"
            " postgresql://USER:PASSWORD@HOST:PORT/DATABASE?schema=NAME, with %XX in place of special characters"
            " (%40 for @, %2F for /), and libpq's own parameters"
        ]
    )
