"""The tables of the mirror.

The objects of a collection are kept in pieces: JSON arrays, as they came. A relation is one such collection for each
parent. Where a collection or a parent has several pieces, ``places`` says in which one an object is.
"""

import sqlite3
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

from integration.disk.sqlite import Connection, connect
from integration.errors import OutputError

FORMAT = 8
SCHEMA = f"""
PRAGMA user_version = {FORMAT};
CREATE TABLE IF NOT EXISTS about(name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS collections(
    number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, state TEXT NOT NULL, next_link TEXT, delta_link TEXT,
    delta_on REAL NOT NULL, full_on REAL NOT NULL, version TEXT NOT NULL, base TEXT NOT NULL, settled INTEGER NOT NULL,
    anew INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS pieces(
    number INTEGER PRIMARY KEY AUTOINCREMENT, collection INTEGER NOT NULL, parent TEXT NOT NULL, objects TEXT NOT NULL,
    ids TEXT);
CREATE INDEX IF NOT EXISTS pieces_by_collection ON pieces(collection);
CREATE INDEX IF NOT EXISTS pieces_by_parent ON pieces(collection, parent);
CREATE TABLE IF NOT EXISTS places(
    collection INTEGER NOT NULL, parent TEXT NOT NULL, id TEXT NOT NULL, piece INTEGER NOT NULL,
    PRIMARY KEY(collection, parent, id)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS parents(
    collection INTEGER NOT NULL, id TEXT NOT NULL, next_link TEXT, PRIMARY KEY(collection, id)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS journal(
    collection INTEGER NOT NULL, parent TEXT NOT NULL, id TEXT NOT NULL, before TEXT, now TEXT,
    PRIMARY KEY(collection, parent, id)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS before(
    collection INTEGER NOT NULL, id TEXT NOT NULL, PRIMARY KEY(collection, id)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS removed(id TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS removals(number INTEGER PRIMARY KEY, id TEXT NOT NULL, removed INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS aside(
    collection INTEGER NOT NULL, parent TEXT NOT NULL, id TEXT NOT NULL, object TEXT NOT NULL,
    PRIMARY KEY(collection, id, parent)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS deleted_before(
    collection INTEGER NOT NULL, id TEXT NOT NULL, PRIMARY KEY(collection, id)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS facts(collection INTEGER NOT NULL, name TEXT NOT NULL, version TEXT NOT NULL,
    value TEXT NOT NULL, PRIMARY KEY(collection, name)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS answers(
    collection INTEGER NOT NULL, digest TEXT NOT NULL, first INTEGER NOT NULL, count INTEGER NOT NULL,
    PRIMARY KEY(collection, digest)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS unusable(collection INTEGER PRIMARY KEY, rows INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS came(
    place INTEGER PRIMARY KEY, collection INTEGER NOT NULL, piece INTEGER NOT NULL UNIQUE
);
CREATE INDEX IF NOT EXISTS came_by_collection ON came(collection);
CREATE TRIGGER IF NOT EXISTS gone AFTER DELETE ON pieces BEGIN DELETE FROM came WHERE piece = old.number; END;
CREATE TABLE IF NOT EXISTS parents_came(
    collection INTEGER NOT NULL, id TEXT NOT NULL, PRIMARY KEY(collection, id)
) WITHOUT ROWID;
CREATE VIEW IF NOT EXISTS current_pieces AS SELECT * FROM pieces WHERE NOT EXISTS
    (SELECT 1 FROM collections WHERE collections.number = collection AND anew) OR EXISTS
    (SELECT 1 FROM came WHERE piece = pieces.number);
CREATE VIEW IF NOT EXISTS current_parents AS SELECT * FROM parents WHERE NOT EXISTS
    (SELECT 1 FROM collections WHERE collections.number = collection AND anew) OR EXISTS
    (SELECT 1 FROM parents_came AS c WHERE c.collection = parents.collection AND c.id = parents.id);
"""
"""``journal``: what became of objects since the run began. ``removed``: ids of objects that were deleted, ``removals``
in which order; ``aside``: links to them, which come back when they are restored. ``before``: ids that a collection had
when it began to be read anew. ``deleted_before``: ids of objects that were deleted when a relation was read whole, or
a restored parent of it was read, so that links to them are not known. ``facts``: what was found out about a version of
a collection. ``answers``: which pieces were made of an answer, from the first on. ``unusable``: how many rows of a
listing could not be kept, since they have no id. ``came`` and ``parents_came``: what has come, in which order, of a
collection that is read anew while what it had is still there; the views have nothing else of such a collection."""
OF_A_COLLECTION = (
    "pieces", "places", "parents", "journal", "aside", "deleted_before", "facts", "answers", "unusable", "came",
    "parents_came",
)  # fmt: skip
TABLES = ("collections", "before", "removed", "removals", *OF_A_COLLECTION)

_BESIDE = ("-wal", "-shm", "-journal", ".damaged", ".seal")
_CHECKS = (
    "PRAGMA quick_check(1)",
    "SELECT 1 FROM about WHERE typeof(value) <> 'text' OR name = 'run' AND value NOT IN ('open', 'closed')",
    "SELECT 1 FROM collections WHERE state NOT IN ('running', 'complete', 'stale')"
    " OR typeof(name) || typeof(version) || typeof(base) <> 'texttexttext'"
    " OR typeof(coalesce(next_link, '')) || typeof(coalesce(delta_link, '')) <> 'texttext'"
    " OR typeof(delta_on) || typeof(full_on) <> 'realreal' OR typeof(settled) <> 'integer'",
)
"""Each finds nothing, or ``ok``, in a file that is not damaged."""


@dataclass(frozen=True, slots=True)
class Known:
    """What the mirror knows of a collection.

    Attributes:
        number: its key in the file.
        name: its path and ``$select``.
        state: ``running``: some pages are missing; ``complete``: as Graph has it now; ``stale``: as it was earlier.
        next_link: URL of the next page, while ``running``.
        delta_link: URL that tells what changed since ``delta_on``; ``None`` where nobody asked for one.
        delta_on: when ``delta_link`` was got, or when the reading of a collection without one began, epoch seconds.
        full_on: when the collection was last read whole, epoch seconds.
        version: another string whenever the content is another.
        base: the version when the run began; empty where the journal does not tell what changed since.
        settled: number of the last removal that a relation takes into account.
        anew: the lowest number that a piece has which is new, while the collection is read whole over what an earlier
            reading left; 0 otherwise.
    """

    number: int
    name: str
    state: str
    next_link: str | None
    delta_link: str | None
    delta_on: float
    full_on: float
    version: str
    base: str
    settled: int
    anew: int


def find(database: Connection, name: str) -> Known | None:
    """Return what is known of a collection; ``None`` where it is absent."""
    row = database.execute("SELECT * FROM collections WHERE name = ?", (name,)).fetchone()
    return Known(*row) if row else None


def find_there(database: Connection, name: str) -> Known:
    """Return what is known of a collection that is there."""
    found = find(database, name)
    assert found is not None
    return found


def connect_to(path: Path, *, writes: bool = True) -> Connection:
    """Open a mirror; where it turns out to be damaged, it is marked, so that the next run begins it anew.

    Args:
        path: the file.
        writes: ``False`` where the file is there, and is only read.

    Raises:
        OutputError: it cannot be opened or written, or somebody has taken it away meanwhile.
    """
    if not (writes or path.is_file()):
        raise OutputError(f"{path}: is not there any more: leave the folder alone while a run works")
    return connect(path, _mark(path), writes=writes)


def discard_unusable(path: Path) -> str:
    """Remove what cannot be used as a mirror of this version.

    Returns:
        Why it could not; empty where it can be used, or nothing is there.

    Raises:
        OutputError: it cannot be looked at, or not be removed.
    """
    try:
        if path.is_dir():
            path.rmdir()
            return "it was a folder"
        if not path.exists() or not path.stat().st_size:
            return ""
        reason = "it was damaged" if _mark(path).exists() else _fault(path)
        if reason:
            for suffix in ("", *_BESIDE):
                path.with_name(path.name + suffix).unlink(missing_ok=True)
    except OSError as error:
        raise OutputError(f"{path}: cannot be used: {error.strerror}; remove it or choose another --out") from None
    return reason


def seal(path: Path) -> None:
    """Note how a closed file is, so that the next run need not read all of it to see that nobody has damaged it."""
    with suppress(OSError):  # without a seal the next run looks
        _seal(path).write_text(_state(path), encoding="ascii")


def _is_sealed(path: Path) -> bool:
    """Tell whether a file is as it was when a run closed it."""
    try:
        return _seal(path).read_text(encoding="ascii") == _state(path)
    except (OSError, ValueError):
        return False


def _state(path: Path) -> str:
    about = path.stat()
    return f"{about.st_size} {about.st_mtime_ns}"


def _seal(path: Path) -> Path:
    return path.with_name(f"{path.name}.seal")


def _fault(path: Path) -> str:
    """Return why a file is not usable; empty where it is."""
    if _is_sealed(path) and _version(path) == FORMAT:
        return ""
    try:
        with closing(connect_to(path)) as database:
            (version,) = database.execute("PRAGMA user_version").fetchone()
            if version != FORMAT:
                return "it was of another version"
            for check in _CHECKS:
                if database.execute(check).fetchall() not in ([], [("ok",)]):
                    return "it was damaged"
            return "" if _tables(database) >= _wanted() else "it was damaged"
    except sqlite3.DatabaseError as error:
        if getattr(error, "sqlite_errorname", "") in ("SQLITE_BUSY", "SQLITE_CANTOPEN", "SQLITE_PERM"):
            raise OutputError(f"{path}: cannot be opened: {error}; make it readable and writable") from None
        return f"it was damaged: {error}"
    except OutputError:
        if _mark(path).exists():
            return "it was damaged"
        raise


def _version(path: Path) -> int:
    """Return the ``user_version`` of a closed file, without opening it as a database.

    Source: SQLite, Database File Format, 1.3 The Database Header.
    """
    with path.open("rb") as file:
        return int.from_bytes(file.read(64)[60:])


def _wanted() -> set[tuple[str, str]]:
    with closing(sqlite3.connect(":memory:")) as database:
        database.executescript(SCHEMA)
        return _tables(database)


def _tables(database: sqlite3.Connection) -> set[tuple[str, str]]:
    return set(database.execute("SELECT name, sql FROM sqlite_schema WHERE sql IS NOT NULL"))


def _mark(path: Path) -> Path:
    return path.with_name(f"{path.name}.damaged")
