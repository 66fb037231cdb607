"""The graph as it was at an earlier revision: a copy of it in which what changed since is undone."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

from integration.ask.query import Inquiry, read_graph
from integration.disk.sqlite import ERRORS
from integration.errors import QueryError
from integration.store.history import Revision, known_revisions, revision_of

_PAGES = 2_000
"""Pages that are copied at once; between two of them Ctrl-C is heard."""
_LATER = (
    "CREATE TEMP TABLE came AS SELECT number FROM types WHERE loaded > ?",
    "CREATE TEMP TABLE undone AS SELECT type, key, target, what, changes.properties, bare, min(revision)"
    " FROM changes JOIN types ON type = number WHERE revision > ? AND type NOT IN (SELECT number FROM came)"
    " GROUP BY type, key, target",
    "UPDATE about SET value = ? WHERE name = 'revision'",
)
"""The types that the revision did not have yet, of which ``changes`` does not hold how they came; and of the others the
first thing that became of each record later."""
_UNDO = (
    "DELETE FROM nodes WHERE type IN (SELECT number FROM came)",
    "DELETE FROM edges WHERE type IN (SELECT number FROM came)",
    "DELETE FROM nodes WHERE key IN (SELECT key FROM undone WHERE bare IS NULL)",
    "DELETE FROM edges WHERE (type, source, target) IN (SELECT type, key, target FROM undone)",
    "INSERT INTO nodes(type, key, properties)"
    " SELECT type, key, properties FROM undone WHERE bare IS NULL AND what <> 'created'",
    "INSERT INTO edges SELECT type, key, target, properties FROM undone WHERE bare IS NOT NULL AND what <> 'created'",
    "DELETE FROM loose_edges",
    "INSERT INTO loose_edges SELECT type, source, target FROM edges WHERE"
    " NOT EXISTS (SELECT 1 FROM nodes WHERE key = source) OR NOT EXISTS (SELECT 1 FROM nodes WHERE key = target)",
    "DELETE FROM verdicts",
)
_JUDGED = "INSERT INTO verdicts VALUES(?, ?, ?, 0, 0)"
_NOT_KNOWN = ("partial", "how whole it was then is not known: an earlier version made that revision")
_NOT_READ = (
    "SELECT name FROM types WHERE number IN (SELECT number FROM came) AND name NOT IN (SELECT _type FROM verdicts)"
)
"""Of the types that had no record yet those that were not even asked for."""
_COUNTED = """
UPDATE verdicts SET count = (SELECT iif(bare IS NULL,
    (SELECT count(*) FROM nodes WHERE type = number), (SELECT count(*) FROM edges WHERE type = number))
FROM types WHERE name = _type) WHERE _type IN (SELECT name FROM types)
"""


@contextmanager
def open_graph(path: Path, at: str | None = None) -> Iterator[Inquiry]:
    """Open a graph for questions, as the last run left it or as it was.

    Args:
        path: ``graph.db``.
        at: when, as a person says it; see ``revision_of``.

    Raises:
        ConfigurationError: no revision is remembered of that time.
        QueryError: there is, or was, no graph; or the file holds something else.
    """
    with read_graph(path) as database:
        if at is None:
            yield Inquiry(database)
            return
        known = known_revisions(database)
        number = revision_of(known, at, datetime.now(UTC))
        if not number:
            raise QueryError("there was no graph then: the first run was not over")
        with _copied(database, next(each for each in known if each.number == number)) as then:
            yield Inquiry(then)


@contextmanager
def _copied(database: sqlite3.Connection, then: Revision) -> Iterator[sqlite3.Connection]:
    """Copy the graph, and go back in the copy, which is gone with the connection or the process.

    Raises:
        QueryError: there is no room for it.
    """
    with closing(sqlite3.connect("", isolation_level=None)) as copy:
        try:
            database.backup(copy, pages=_PAGES, progress=lambda *_: None)
            _go_back(copy, then)
        except ERRORS as error:
            raise QueryError(
                f"the graph of revision {then.number} cannot be made: {error}: it takes as much room as graph.db does,"
                " in the folder for temporary files (SQLITE_TMPDIR or TMPDIR)"
            ) from None
        yield copy


def _go_back(copy: sqlite3.Connection, then: Revision) -> None:
    """Undo in a copy what changed since a revision, and judge its types as they were judged then."""
    copy.execute("BEGIN")
    for statement in _LATER:
        copy.execute(statement, (then.number,))
    for statement in _UNDO:
        copy.execute(statement)
    judged = then.judged or {name: _NOT_KNOWN for (name,) in copy.execute("SELECT name FROM types")}
    copy.executemany(_JUDGED, [(name, *of) for name, of in judged.items()])
    for (name,) in copy.execute(_NOT_READ).fetchall():
        copy.execute("DELETE FROM types WHERE name = ?", (name,))
        copy.execute(f'DROP VIEW IF EXISTS "{name}"')
    copy.execute(_COUNTED)
    copy.execute("DROP TABLE undone")
    copy.execute("DROP TABLE came")
    copy.execute("COMMIT")
