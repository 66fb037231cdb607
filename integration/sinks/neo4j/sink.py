"""``neo4j://`` and ``bolt://``: the graph in a Neo4j database, or another that speaks Bolt and Cypher.

Needs the extra ``neo4j``. Entities are nodes, labelled ``GraphObject`` and by type and class; relationships have their
class as type: ``MATCH (g:UserGroup)-[:HAS]->(u:User)``. Both keep ``_key``, ``_type``, ``_class`` and their properties;
what a property cannot hold, such as ``_rawData``, is JSON text. ``_scope`` on nodes tells the graphs of several tenants
apart; within a scope ``_key`` is unique. A relationship that lacks an end is a node ``DanglingRelationship`` until both
ends are there. ``GraphScope`` says what the database holds, so that the next push sends only what changed since.

Nothing is deleted but what this sink has made; only, a node that goes takes relationships along that others have tied
to it. Tested against ArcadeDB, a server compatible with Neo4j, not against Neo4j itself.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from urllib.parse import SplitResult, unquote, urlsplit

from integration.errors import ConfigurationError, OutputError
from integration.sdk.report import Report
from integration.sdk.sink import StoredGraph
from integration.sdk.step import Step
from integration.sdk.stopping import Stopping
from integration.sinks.neo4j.push import push_graph
from integration.sinks.neo4j.session import ServerSession
from integration.text.discretion import cover_libraries
from integration.text.given import one_line, trimmed
from integration.text.secret import Secret
from integration.text.visible import line

_SCHEMES = ("neo4j", "neo4j+s", "neo4j+ssc", "bolt", "bolt+s", "bolt+ssc")
_RETRY_SECONDS = 30.0
"""How long the driver tries a transaction again, while the server restarts for instance."""


class Neo4jSink:
    """A database, named by ``neo4j://user:password@host:port/database``.

    Args:
        url: the schemes are those of the driver; user, password and database may be left out.
        environment: NEO4J_USERNAME, NEO4J_PASSWORD and NEO4J_DATABASE stand in for what the URL leaves out; without a
            password nobody signs in, and without a database it is the user's home database.
        stopping: tells when the run is to end: no further transaction begins, and none is waited for.

    Raises:
        ConfigurationError: the URL cannot be used, or the driver is not installed.
    """

    def __init__(self, url: str, environment: Mapping[str, str], stopping: Stopping | None = None) -> None:
        self._stopping = stopping or Stopping()
        parts = _parts(url)
        host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
        self._address = f"{parts.scheme}://{host}" + (f":{parts.port}" if parts.port else "")
        self._routing = f"?{parts.query}" if parts.query else ""
        self._user = unquote(parts.username or "") or trimmed(environment.get("NEO4J_USERNAME", "neo4j"))
        self._password = Secret(unquote(parts.password or "") or one_line(environment.get("NEO4J_PASSWORD", "")))
        self._database = unquote(parts.path.strip("/")) or trimmed(environment.get("NEO4J_DATABASE", "")) or None
        self.url = f"{self._address}/{self._database or ''}"
        try:
            import neo4j  # noqa: F401 - only the run that wants it pays for the import
        except ModuleNotFoundError:
            needs = "needs the driver: pip install 'integration-microsoft-entra[neo4j]'"
            raise ConfigurationError([f"the destination {self.url} {needs}"]) from None

    def check(self) -> None:
        """Raise ``OutputError`` where the database does not let us in."""
        with self._session() as session:
            session.run("RETURN 1")

    def write(self, graph: StoredGraph, steps: Sequence[Step], report: Report) -> None:
        """Bring the database up to date; what was done stays done where that fails, and the next push goes on."""
        with self._session() as session:
            push_graph(session, graph, steps, report)

    @contextmanager
    def _session(self) -> Iterator[ServerSession]:
        from neo4j import GraphDatabase
        from neo4j.exceptions import AuthError, DriverError, Neo4jError

        cover_libraries("neo4j")
        auth = (self._user, self._password.reveal()) if self._password else None
        try:
            driver = GraphDatabase.driver(
                f"{self._address}{self._routing}", auth=auth, max_transaction_retry_time=_RETRY_SECONDS
            )
            with ServerSession(driver, self._database, self._stopping) as session:
                yield session
        except AuthError:
            remedy = "give them in the URL, or in NEO4J_USERNAME and NEO4J_PASSWORD"
            raise OutputError(f"{self.url}: the server refused user name or password: {remedy}") from None
        except Neo4jError as error:
            raise OutputError(f"{self.url}: the server refused: {_in_short(error.message)} ({error.code})") from None
        except DriverError as error:
            raise OutputError(
                f"{self.url}: the server does not answer: {_in_short(str(error))}: see that it runs, then push again"
            ) from None
        except OutputError as error:
            raise OutputError(f"{self.url}: {error}") from None


def _parts(url: str) -> SplitResult:
    """Return the parts of a URL that the driver can use."""
    try:
        parts = urlsplit(url)
        usable = parts.scheme in _SCHEMES and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable:
        example = "neo4j://user@localhost:7687/database (or neo4j+s, neo4j+ssc, bolt, bolt+s, bolt+ssc)"
        encode = "in user and password percent-encode what is neither letter nor digit"
        raise ConfigurationError([f"the destination {url.partition(':')[0]} is not a URL such as {example}; {encode}"])
    return parts


def _in_short(text: str | None) -> str:
    return line(text or "no reason given").rstrip(".")[:300]
