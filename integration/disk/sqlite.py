"""SQLite as this project uses it: a write-ahead log, explicit transactions, connections shared by threads."""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import chain, repeat
from operator import contains
from pathlib import Path
from typing import Any

import orjson

from integration.errors import FatalError, Interrupted, OutputError

_PAGE = 16_384
_CHECKPOINT = 500
_WRITES = (
    f"page_size = {_PAGE}", "journal_mode = WAL", "synchronous = NORMAL", f"wal_autocheckpoint = {_CHECKPOINT}",
    "secure_delete = ON",
)  # fmt: skip
"""Settings of a connection that writes. What is deleted leaves nothing in the file, whatever SQLite does by itself."""
STATEMENTS = 64
"""How many texts of statements are understood once, and serve again."""
_PRIMARY = 0xFF
_GOES_ON = "the next run goes on from here"
_FAULTS = {
    sqlite3.SQLITE_FULL: f"cannot be written: {{}}: make room there; {_GOES_ON}",
    sqlite3.SQLITE_IOERR: f"cannot be written: {{}}: look after the disk and the limits on it; {_GOES_ON}",
    sqlite3.SQLITE_READONLY: f"cannot be written: {{}}: make it writable; {_GOES_ON}",
    sqlite3.SQLITE_CANTOPEN: "cannot be opened: {}: make it readable and writable, or raise the limit (ulimit -n)",
    sqlite3.SQLITE_BUSY: "another program has it open for writing ({}): close that one, and run again; what was read"
    " is kept",
}
"""What is wrong with a file, in SQLite's words, and what to do about it, by SQLite's primary result code."""
PATIENCE = 60.0
"""Seconds that a statement waits for another program to let go of the file."""
_DAMAGE = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
_WORDS_OF_DAMAGE = ("malformed", "Could not decode to UTF-8")
ERRORS = (sqlite3.Error, UnicodeDecodeError)
"""What Python raises where a file fails: it reads SQLite's words, which quote what a damaged file holds, as UTF-8."""


class Cursor(sqlite3.Cursor):
    """What a statement found; says what to do where the file fails while that is read."""

    connection: "Connection"

    def __iter__(self) -> Iterator[Any]:  # type: ignore[override]
        """Yield the rows."""
        try:
            yield from iter(super().__next__, None)
        except ERRORS as error:
            raise self.connection.failed(error) from None

    def fetchone(self) -> Any:
        """Return the next row; ``None`` where there is none."""
        try:
            return super().fetchone()
        except ERRORS as error:
            raise self.connection.failed(error) from None

    def fetchmany(self, size: int | None = 1) -> list[Any]:
        """Return the next rows."""
        try:
            return super().fetchmany(size)
        except ERRORS as error:
            raise self.connection.failed(error) from None

    def fetchall(self) -> list[Any]:
        """Return all rows that are left."""
        try:
            return super().fetchall()
        except ERRORS as error:
            raise self.connection.failed(error) from None


class Connection(sqlite3.Connection):
    """A connection that says what to do where the disk fails or the file is damaged, and then does nothing more.

    SQLite may have undone the whole transaction by then, so that another statement would stand, and be kept, by itself.
    """

    path = Path()
    beside: Path | None = None
    is_open = False
    _lost: FatalError | None = None

    def cursor(self, factory: Any = Cursor) -> Any:
        """Return a cursor."""
        return super().cursor(factory)

    def execute(self, sql: str, parameters: Any = (), /) -> sqlite3.Cursor:
        """Execute a statement.

        Raises:
            OutputError: the file cannot be written, now or earlier.
            sqlite3.Error: anything else.
        """
        self._check()
        cursor: sqlite3.Cursor = self.cursor()  # one of ours, which Python's own ``execute`` does not make
        try:
            return cursor.execute(sql, parameters)
        except ERRORS as error:
            cursor.close()  # what is raised leads to it: a closed file would stay locked
            raise self.failed(error) from None

    def executemany(self, sql: str, parameters: Iterable[Any], /) -> sqlite3.Cursor:
        """Execute a statement for each of the parameters; raises as ``execute`` does."""
        self._check()
        try:
            return super().executemany(sql, parameters)
        except ERRORS as error:
            raise self.failed(error) from None

    def executescript(self, sql: str, /) -> sqlite3.Cursor:
        """Execute several statements; raises as ``execute`` does."""
        self._check()
        try:
            return super().executescript(sql)
        except ERRORS as error:
            raise self.failed(error) from None

    def parsed(self, text: str | bytes, kind: type = object) -> Any:
        """Return what JSON of the file holds.

        Raises:
            OutputError: it is no JSON, or not of that kind, so that the file is damaged.
        """
        try:
            found = orjson.loads(text)
        except (orjson.JSONDecodeError, TypeError) as error:
            raise self.damaged(str(error)) from None
        if not isinstance(found, kind):
            raise self.damaged(f"it holds JSON of the type {type(found).__name__} in place of {kind.__name__}")
        return found

    def parsed_objects(self, text: str | bytes) -> list[Any]:
        """Return the objects, each with its ``id``, that a JSON array of the file holds; raises as ``parsed`` does."""
        return self._objects(self.parsed(text, list))

    def parsed_arrays(self, texts: Sequence[bytes]) -> list[list[Any]]:
        """Return the same for each of several JSON arrays, which takes less time than one by one."""
        arrays: list[list[Any]] = self.parsed(b"[%b]" % b",".join(texts), list)
        if [*map(type, arrays)] != [list] * len(texts):
            raise self.damaged("it holds what is no JSON array")
        self._objects([*chain.from_iterable(arrays)])
        return arrays

    def _objects(self, rows: list[Any]) -> list[Any]:
        if not ({*map(type, rows)} <= {dict} and all(map(contains, rows, repeat("id")))):
            raise self.damaged("it holds what is no object with an id")
        return rows

    def _check(self) -> None:
        if self._lost:
            raise self._lost

    def failed(self, error: Exception) -> Exception:
        """Return what to raise for an error of SQLite's."""
        if isinstance(error, UnicodeDecodeError):
            error = sqlite3.DatabaseError("malformed: it holds text that is none")
        code = getattr(error, "sqlite_errorcode", 0) & _PRIMARY
        if code == sqlite3.SQLITE_INTERRUPT:
            self._lost = Interrupted("the run was stopped")
            return self._lost
        if self.is_open and (code in _DAMAGE or any(words in str(error) for words in _WORDS_OF_DAMAGE)):
            return self.damaged(str(error))
        if code not in _FAULTS:
            return error
        self._lost = OutputError(f"{self.path}: {_FAULTS[code].format(error)}")
        return self._lost

    def damaged(self, why: str) -> OutputError:
        """Return what to raise where the file holds what nobody wrote; one that can be made anew is marked for that."""
        if self.beside is None:
            remedy = "remove it, and the next run makes it anew, or restore it from a backup"
        else:
            self.beside.touch()
            remedy = "run again: it is begun anew, and everything is read"
        self._lost = lost = OutputError(f"{self.path}: is damaged: {why}: {remedy}")
        return lost


def connect(path: Path, beside: Path | None = None, *, writes: bool = True) -> Connection:
    """Open a file: readers see the last commit while a writer works, and a killed writer loses only what it had open.

    Args:
        path: the file; made where it is missing.
        beside: a file to make where this one turns out to be damaged, so that whoever opens it next begins it anew.
        writes: ``False`` where the file is there, and is only read.

    Raises:
        OutputError: the file cannot be opened or written.
        sqlite3.DatabaseError: it is no file, or not SQLite's.
    """
    try:
        connection = sqlite3.connect(
            path, check_same_thread=False, isolation_level=None, timeout=PATIENCE, factory=Connection,
            cached_statements=STATEMENTS,
        )  # fmt: skip
    except sqlite3.OperationalError as error:
        if path.is_file():  # which says nothing of what is in it
            raise OutputError(f"{path}: {_FAULTS[sqlite3.SQLITE_CANTOPEN].format(error)}") from None
        raise
    connection.path, connection.beside = path, beside
    with closed_where_it_fails(connection):
        for setting in _WRITES if writes else ():
            connection.execute(f"PRAGMA {setting}")
    connection.is_open = True
    return connection


@contextmanager
def closed_where_it_fails(connection: Connection) -> Iterator[Connection]:
    """Close a connection where what is done with it first fails, so that nobody has it."""
    try:
        yield connection
    except BaseException:
        connection.close()
        raise


def checked(column: str) -> str:
    """Return SQL for a column of JSON; reading it fails, as reading a damaged file does, where it holds no JSON."""
    return f"CASE WHEN json_valid({column}) THEN {column} ELSE json({column}) END"
