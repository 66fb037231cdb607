"""The mirror as it is read: by steps, while it grows and later, and by what goes on with a read."""

import threading
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import orjson

from integration.disk.sqlite import Connection
from integration.disk.transactions import Transaction
from integration.mirror.answers import digests_before
from integration.mirror.follow import Changed, Pieces
from integration.mirror.queue import Writing
from integration.mirror.reading import ReadConnections
from integration.mirror.rows import VERSIONS, RawRow, digests_of, places, rows_lost, sum_of
from integration.mirror.tables import Known, find, find_there

_ROWS = 1000
_PENDING = """FROM places LEFT JOIN current_parents AS read ON read.collection = ?1 AND read.id = places.id
    WHERE places.collection = ?2 AND parent = '' AND (read.id IS NULL OR next_link IS NOT NULL)"""


class ReadableMirror:
    """Collections of objects, and of the children of parents, in one SQLite file; safe for many threads.

    Args:
        path: the file.
        writer: the connection that writes to it.
    """

    def __init__(self, path: Path, writer: Connection) -> None:
        self._path, self._writer, self._reading = path, writer, ReadConnections(path)
        self._lock = threading.Lock()
        self._digests: dict[str, tuple[str, dict[str, str]]] = {}
        self._finding: defaultdict[tuple[str, str], threading.Lock] = defaultdict(threading.Lock)
        self._writing = Writing(lambda: Transaction(self._writer, self._lock))

    def find(self, name: str) -> Known | None:
        """Return what is known of a collection; ``None`` where it is absent."""
        with self._lock:
            return find(self._writer, name)

    def names(self) -> list[str]:
        """Return the names of all collections."""
        with self._lock:
            return [name for (name,) in self._writer.execute("SELECT name FROM collections")]

    def begun_on(self) -> float:
        """Return when the run began, or the first of those that it goes on with, in epoch seconds."""
        with self._lock:
            return float(self._writer.execute("SELECT value FROM about WHERE name = 'opened_on'").fetchone()[0])

    def pending(self, name: str, parents: str, after: str, most: int) -> list[tuple[str, str | None]]:
        """Return parents whose children are not read to the end: id, and the link to go on with.

        Args:
            name: the relation.
            parents: name of the parents' collection.
            after: leave out the parents with ids up to this one.
            most: how many to return at most.
        """
        query = f"SELECT places.id, next_link {_PENDING} AND places.id > ?3 ORDER BY places.id LIMIT ?4"
        return self._of_pending(query, name, parents, after, most)

    def count_pending(self, name: str, parents: str) -> int:
        """Count the parents whose children are not read to the end."""
        return int(self._of_pending(f"SELECT count(*) {_PENDING}", name, parents)[0][0])

    def _of_pending(self, query: str, name: str, parents: str, *values: str | int) -> list[Any]:
        self._writing.flush()
        with self._lock:
            numbers = (find_there(self._writer, each).number for each in (name, parents))
            return self._writer.execute(query, (*numbers, *values)).fetchall()

    @contextmanager
    def pieces(
        self, name: str, word: str = "", *, part: str = "", without: Sequence[str] = (), together: bool = False
    ) -> Iterator[Pieces]:
        """Have a reader of a collection's objects; what it leaves out, and its order, are as ``Pieces`` says."""
        with self._reading.one() as database:
            yield Pieces(database, self._number(name), word, part, without, together=together)

    def version(self, name: str, *, part: str = "", without: Sequence[str] = ()) -> str:
        """Return another string whenever a collection, or what is asked of it, is another; empty where it is absent."""
        known = self.find(name)
        if known is None or not known.version or not part:
            return known.version if known else ""

        def find_out() -> dict[str, str]:
            with self._lock:
                return digests_of(self._writer, known.number)[0]

        if (kept := self._digests.get(name, ("", {})))[0] != known.version:
            kept = self._digests[name] = known.version, self.fact(name, VERSIONS, "", find_out)
        digests = kept[1]
        parts = {part} if part != "*" else digests.keys() - {*without}
        return sum_of(digest for each, digest in digests.items() if each in parts)

    def changes(self, name: str) -> Iterator[Changed]:
        """Yield what became of the objects of a collection since the run began."""
        number = self._number(name)
        with self._reading.one() as database:
            changed = "SELECT parent, before, now FROM journal WHERE collection = ? AND before IS NOT now"
            cursor = database.execute(changed, (number,))
            while rows := cursor.fetchmany(_ROWS):
                yield from (Changed(*row) for row in rows)

    def parsed(self, text: str) -> Any:
        """Return an object that ``changes`` gave as JSON.

        Raises:
            OutputError: it is none, so that the mirror is damaged.
        """
        return self._writer.parsed(text, dict)

    def fact(
        self,
        name: str,
        fact: str,
        further: str,
        find_out: Callable[[], Any],
        update: Callable[[Any], Any] | None = None,
    ) -> Any:
        """Return what is known of this version of a collection; where it is not known yet, one thread finds it out.

        Args:
            name: the collection.
            fact: names what is known.
            further: what else it depends on.
            find_out: is called where it is not known; gives JSON values.
            update: is called instead with what was known when the run began, where that and ``changes`` are there.
        """
        with self._finding[name, fact]:
            with self._lock:
                collection = find_there(self._writer, name)
                version = f"{collection.version} {further}"
                row = self._writer.execute(
                    "SELECT version, value FROM facts WHERE collection = ? AND name = ?", (collection.number, fact)
                ).fetchone()
            known = row[0] if row else None
            if known == version:
                return self._writer.parsed(row[1])
            is_base = known == f"{collection.base} {further}"
            value = update(self._writer.parsed(row[1])) if update and is_base else find_out()
            if collection.state == "complete":
                with self._transaction() as database:
                    database.execute(
                        "INSERT OR REPLACE INTO facts VALUES(?, ?, ?, ?)",
                        (collection.number, fact, version, orjson.dumps(value).decode()),
                    )
            return value

    def progress(self, name: str, part: str | None = None, *, beginning: str = "") -> dict[str, str | None]:
        """Return how far parts of a collection are read: by name, a cursor; ``None``: to the end.

        Args:
            name: the collection.
            part: of this one alone.
            beginning: of those alone whose names begin so.
        """
        self._writing.flush()
        with self._lock:
            return dict(
                self._writer.execute(
                    "SELECT id, next_link FROM current_parents"
                    " WHERE collection = (SELECT number FROM collections WHERE name = ?1)"
                    " AND (?2 IS NULL OR id = ?2) AND substr(id, 1, length(?3)) = ?3",
                    (name, part, beginning),
                ).fetchall()
            )

    def before(self, name: str) -> set[str]:
        """Return what is known of what was there when the collection began to be read, until it is read whole."""
        with self._lock:
            known = find(self._writer, name)
            rows = self._writer.execute("SELECT id FROM before WHERE collection = ?", (known and known.number,))
            return {id for (id,) in rows}

    def answered(self, name: str) -> set[str]:
        """Return the digests of answers of the reading before, from which ``add_answer`` may take over."""
        with self._lock:
            return digests_before(self._writer, name)

    def sizes(self, name: str) -> Iterator[tuple[str, int]]:
        """Yield how many objects each part of a collection has that has some, or is read, in the order of the names."""
        self._writing.flush()
        with self.pieces(name) as pieces:
            yield from pieces.sizes()

    def unusable(self, name: str) -> int:
        """Return how many rows of a collection could not be kept when it was read whole, since they have no id."""
        with self._lock:
            known = find(self._writer, name)
            return rows_lost(self._writer, known.number) if known else 0

    def objects(self, name: str, ids: Sequence[str]) -> dict[str, RawRow]:
        """Return those of some objects that a collection has, by id."""
        number = self._number(name)
        wanted = set(ids)
        found = {}
        with self._lock:
            for piece in sorted(set(places(self._writer, number, "", wanted).values())):
                (objects,) = self._writer.execute("SELECT objects FROM pieces WHERE number = ?", (piece,)).fetchone()
                found.update({row["id"]: row for row in self._writer.parsed_objects(objects) if row["id"] in wanted})
        return found

    def children(self, name: str, part: str) -> dict[str, RawRow]:
        """Return the objects of a part of a collection, by id."""
        self._writing.flush()
        number = self._number(name)
        with self._lock:
            pieces = self._writer.execute(
                "SELECT objects FROM current_pieces WHERE collection = ? AND parent = ? ORDER BY number", (number, part)
            ).fetchall()
            return {row["id"]: row for (piece,) in pieces for row in self._writer.parsed_objects(piece)}

    def holds(self, name: str, ids: Sequence[str]) -> set[str]:
        """Return which of some objects a collection has."""
        number = self._number(name)
        with self._lock:
            return set(places(self._writer, number, "", ids))

    def has_read(self, name: str) -> bool:
        """Tell whether the children of one parent of a relation are there to the last."""
        relation = self._number(name)
        with self._lock:
            read = "SELECT 1 FROM current_parents WHERE collection = ? AND next_link IS NULL LIMIT 1"
            return self._writer.execute(read, (relation,)).fetchone() is not None

    def has_children(self, name: str, parent: str) -> bool:
        """Tell whether a parent has a child."""
        relation = self._number(name)
        with self._lock:
            row = self._writer.execute(
                "SELECT 1 FROM current_pieces WHERE collection = ? AND parent = ? AND objects <> '[]'",
                (relation, parent),
            ).fetchone()
        return row is not None

    def _number(self, name: str) -> int:
        with self._lock:
            return find_there(self._writer, name).number

    def _transaction(self) -> Transaction:
        self._writing.flush()
        return Transaction(self._writer, self._lock)
