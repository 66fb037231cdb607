"""Asking the graph: SQL on ``graph.db`` that can only read, and what its answer lacks."""

import os
import re
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TypeVar

from integration.ask.allowed import FUNCTIONS, READING, SEARCHES, texts_of
from integration.ask.answer import QueryAnswer, ResultRow
from integration.ask.caveats import Judged, NotRead, Readings, Standings
from integration.ask.lookup import find_key, well_formed
from integration.ask.paths import Paths
from integration.ask.questions import Question
from integration.ask.ranges import in_range
from integration.disk.sqlite import ERRORS
from integration.errors import QueryError
from integration.store.history import Revision, known_revisions
from integration.store.tables import FORMAT
from integration.text.nearest import nearest

_ROWS = 1000
_OPCODES = 1_000_000
_NO_JSON = (
    "SELECT 1 FROM nodes WHERE NOT json_valid(properties)"
    " UNION ALL SELECT 1 FROM edges WHERE NOT json_valid(properties) LIMIT 1"
)
_INTERRUPTED = re.compile(
    "interrupted|not authorized.*|access to .* is prohibited|user-defined function raised exception", re.DOTALL
)
"""What SQLite says where Ctrl-C came while it worked, or before what it called could keep that."""
T = TypeVar("T")
_LONGEST = 500_000_000
"""Bytes of one value."""


class Inquiry:
    """One question, or several, on the graph as it was when the first was asked.

    Args:
        database: the graph, opened for reading.
        standings: how its types stand, as another inquiry on it has found out.
    """

    def __init__(self, database: sqlite3.Connection, standings: Standings | None = None) -> None:
        self._database = database
        self._watching = False
        self._failure: BaseException | None = None
        self._read: set[tuple[str | None, str | None]] = set()
        self._readings = Readings(standings)
        paths = Paths(database, self._number)
        for name in SEARCHES:
            database.create_function(name, -1, self._guarded(getattr(paths, name)), deterministic=True)
        database.create_function("in_range", 2, self._kept(in_range), deterministic=True)
        database.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _LONGEST)
        database.set_authorizer(self._kept(self._authorize))
        database.set_progress_handler(lambda: 0, _OPCODES)  # lets Python see Ctrl-C while SQLite works

    def ask(self, question: Question, values: Sequence[str]) -> QueryAnswer:
        """Answer a ready-made question.

        Args:
            question: from ``load_questions``.
            values: its parameters in their order; a key or a name for one that stands for an entity.

        Raises:
            QueryError: the parameters are too few or too many, or name nothing or several things; or as ``select``.
        """
        self._readings.types.update(name for parameter in question.parameters for name in parameter.types)
        bound = {
            parameter.name: find_key(self._database, parameter.types, value) if parameter.types else value
            for parameter, value in question.bind(values).items()
        }
        try:
            return self.select(question.sql, bound)
        except Judged:
            raise
        except NotRead as error:
            raise NotRead(f"{question.source}: {question.name}: {error}", error.caveat) from None
        except QueryError as error:
            raise QueryError(f"{question.source}: {question.name}: {error}") from None

    def select(self, sql: str, values: Mapping[str, object] | None = None) -> QueryAnswer:
        """Answer SQL.

        Args:
            sql: one SELECT.
            values: of its named parameters.

        Raises:
            QueryError: it is not one SELECT that SQLite can answer; reading the rows may raise it too.
            sqlite3.DatabaseError: the graph's file is damaged; so may reading the rows.
        """
        bound = {
            name: well_formed(value) if isinstance(value, str) else value for name, value in (values or {}).items()
        }
        self._read.clear()
        with self._errors():
            self._watching = True
            try:
                cursor = self._database.execute(well_formed(sql), bound)
            finally:
                self._watching = False
        self._readings.views |= self._read
        if cursor.description is None:
            raise QueryError("there is nothing to answer: write a SELECT")
        read = frozenset(name for pair in self._read for name in pair if name)
        return QueryAnswer(tuple(column[0] for column in cursor.description), self._rows(cursor), read)

    def anew(self) -> "Inquiry":
        """Return another inquiry on the same graph, of which nothing was asked yet; this one is over."""
        return Inquiry(self._database, self._readings.standings)

    def revision(self) -> Revision:
        """Return which graph is asked."""
        return known_revisions(self._database)[-1]

    def caveats(self) -> list[str]:
        """Return what the answers so far may lack: a phrase for each type they read that is not complete."""
        with self._errors():
            return self._readings.caveats(self._database)

    def _number(self, name: str) -> int:
        """Return the number of a type that a search follows."""
        row = self._database.execute("SELECT number FROM types WHERE name = ?", (name,)).fetchone()
        if row is None:
            raise self._without(name)
        self._readings.types.add(name)
        return int(row[0])

    def _rows(self, cursor: sqlite3.Cursor) -> Iterator[ResultRow]:
        while True:
            with self._errors():
                rows = cursor.fetchmany(_ROWS)
            if not rows:
                return
            yield from rows

    def _authorize(self, action: int, what: str | None, name: str | None, _: str | None, by: str | None) -> int:
        """Let SQLite read and compute and nothing else, and note which table or view is read by which view."""
        if action == sqlite3.SQLITE_FUNCTION and (name or "").lower() not in FUNCTIONS:
            self._failure = QueryError(f"the function {name} is not allowed here: it does more than compute")
            return sqlite3.SQLITE_DENY
        declares = action == sqlite3.SQLITE_UPDATE and what == "sqlite_master" and by is None
        if action not in READING and not declares:  # a table such as json_each is declared when it is first used
            self._failure = QueryError("only reading is allowed here: write one SELECT")
            return sqlite3.SQLITE_DENY
        if self._watching and action in (sqlite3.SQLITE_READ, sqlite3.SQLITE_SELECT):
            self._read.add((what, by))
        return sqlite3.SQLITE_OK

    def _guarded(self, function: Callable[..., str | None]) -> Callable[..., str | None]:
        """Return the function for SQLite, which may ask the graph itself.

        As with SQLite's own functions, what is asked about NULL is NULL.
        """
        name = function.__name__

        def guarded(*arguments: object) -> str | None:
            watching, self._watching = self._watching, False
            try:
                texts = texts_of(name, arguments)
                return None if texts is None else function(*texts)
            finally:
                self._watching = watching

        return self._kept(guarded)

    def _kept(self, function: Callable[..., T]) -> Callable[..., T]:
        """Return the function for SQLite, which takes no exception: it is kept, and raised once SQLite gave up."""

        def kept(*arguments: object) -> T:
            try:
                return function(*arguments)
            except BaseException as error:
                self._failure = error
                raise

        return kept

    @contextmanager
    def _errors(self) -> Iterator[None]:
        """Raise what a function raised, or else say what SQLite says."""
        try:
            yield
        except sqlite3.Error as error:
            failure, self._failure = self._failure, None
            if failure is not None:
                raise failure from None
            if _INTERRUPTED.fullmatch(str(error)):
                raise KeyboardInterrupt from None  # what is called by SQLite keeps all that it raises itself
            if self._is_damage(str(error)):
                raise
            raise self._explained(str(error)) from None

    def _is_damage(self, message: str) -> bool:
        """Tell whether the graph's file is at fault, and not the JSON that a question makes or takes apart."""
        if "malformed JSON" in message:
            return self._database.execute(_NO_JSON).fetchone() is not None
        return "malformed" in message

    def _explained(self, message: str) -> QueryError:
        missing = re.fullmatch(r"no such table: (?:main\.)?(.*)", message)
        return self._without(missing[1]) if missing else QueryError(f"SQLite cannot answer it: {message}")

    def _without(self, name: str) -> QueryError:
        """Say why there is no such type or view."""
        with self._errors():
            verdict = self._database.execute("SELECT verdict, reason FROM verdicts WHERE _type = ?", (name,)).fetchone()
            views = [view for (view,) in self._database.execute("SELECT name FROM sqlite_schema WHERE type = 'view'")]
        if verdict:
            state = f"is {verdict[0]}: {verdict[1]}"
            return Judged(f"the graph has no {name}: it {state}", f"{name} {state}")
        near = nearest(name, views)
        return NotRead(f"the graph has no {name}{near}: no run has read it", f"{name} is not in the graph: never read")


@contextmanager
def read_graph(path: Path) -> Iterator[sqlite3.Connection]:
    """Open a graph that cannot be changed here; a run that changes it meanwhile changes no answer.

    Where the folder cannot be written, and so no place is for SQLite's own notes on who reads, nobody else may either
    while the graph is read.

    Args:
        path: ``graph.db``.

    Raises:
        QueryError: there is no graph, or the file holds something else.
    """
    if not path.is_file():
        raise QueryError(f"{path}: there is no graph: run integration run first, or name its folder with --out")
    file = path.resolve()
    is_shared = os.access(file.parent, os.W_OK) or file.with_name(f"{file.name}-wal").exists()
    uri = f"{file.as_uri()}?mode=ro{'' if is_shared else '&immutable=1'}"
    with closing(sqlite3.connect(uri, uri=True, isolation_level=None)) as database:
        try:
            database.execute("BEGIN")
            about = dict(database.execute("SELECT name, value FROM about"))
        except ERRORS as error:
            raise QueryError(f"{path}: not usable as a graph: {error}") from None
        if about.get("format") != FORMAT or not int(about.get("revision", 0)):
            raise QueryError(f"{path}: it holds no graph of this version yet: integration run makes one")
        yield database
