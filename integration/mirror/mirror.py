"""The mirror: a tenant's raw Graph collections on disk, written page by page and read without holding them.

It is at once the cache (what several steps read is fetched once), the checkpoint (a killed run goes on from its last
page) and the base of incremental runs (delta queries bring it up to date).
"""

import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import orjson

from integration.disk.sqlite import Connection, closed_where_it_fails
from integration.mirror import checkpoint, whole
from integration.mirror.changes import changed, drop, leave_deleted, put, relink, remove, settle
from integration.mirror.queue import Then, nothing
from integration.mirror.read import ReadableMirror
from integration.mirror.rows import RawRow
from integration.mirror.tables import SCHEMA, connect_to, discard_unusable, find_there, seal

_LARGE = 8_000_000
"""Bytes of a page that is written before the next one is asked for."""


class Mirror(ReadableMirror):
    """The mirror of one tenant, to be written.

    Args:
        path: the file; made where it is missing, and made anew where it is damaged or not of this version.

    Attributes:
        rebuilt: why the file that was there could not be used; empty where it could, or there was none.
    """

    def __init__(self, path: Path) -> None:
        self.rebuilt = discard_unusable(path)
        with closed_where_it_fails(connect_to(path)) as database:
            database.executescript(SCHEMA)
            super().__init__(path, database)
        self._repeated: set[str] = set()

    def close(self) -> None:
        """Write what is waiting for that, and close the file."""
        for each in (self._writing, self._reading, self._writer):
            each.close()
        seal(self._path)

    def open(self, tenant: str, *, fresh: bool) -> str:
        """Start a run, or go on with one that was cut short less than a day ago.

        What is only half there otherwise goes; which objects were there before it was begun anew stays known.

        Args:
            tenant: names the tenant and where it is read from; what the mirror has of another one goes.
            fresh: keep nothing.

        Returns:
            ``"resumed"`` where the run goes on with what a cut-short one left, ``"updated"`` where there is a complete
            mirror to bring up to date, ``"new"`` where there is nothing.
        """
        with self._transaction() as database:
            return checkpoint.open_run(database, tenant, fresh=fresh)

    def finish(self) -> None:
        """Say that the run came to its end."""
        with self._transaction() as database:
            checkpoint.close_run(database)

    def begin(self, name: str, delta_link: str | None, deleted: Sequence[str] = (), before: Sequence[str] = ()) -> None:
        """Start to read a collection whole: of what is there of it counts what comes again, which stays where it is.

        Args:
            name: the collection.
            delta_link: tells later what changed from now on.
            deleted: ids of objects that are deleted and may be restored: a relation does not show the links to them.
            before: what is to be known of what was there until it is read whole, also by later runs.
        """
        self._repeated.discard(name)
        with self._transaction() as database:
            whole.begin(database, name, delta_link, deleted, before)

    def go_on(self, name: str, deleted: Sequence[str]) -> None:
        """Go on reading a collection whole that a run before began; ``deleted`` as ``begin`` is told, by now."""
        with self._transaction() as database:
            whole.go_on(database, find_there(database, name).number, deleted)

    def add(
        self,
        name: str,
        rows: Sequence[RawRow],
        next_link: str | None,
        then: Then = nothing,
        *,
        unusable: int = 0,
        decides: bool = True,
    ) -> None:
        """Add a page of objects of a collection that is read whole.

        It is written a moment later, together with other pages; an error of that is raised by what comes next.

        Args:
            name: the collection.
            rows: the objects.
            next_link: URL of the next page.
            then: called when the page has been committed.
            unusable: how many rows of the page have no id, and are left out.
            decides: an object that is listed exists; a report also lists users who are deleted.
        """
        page = whole.EncodedPage(rows, next_link, unusable, decides=decides)
        self._writing.put(lambda database: page.write(database, name), then)
        if page.size > _LARGE:
            self._writing.flush()

    def add_children(
        self,
        name: str,
        pieces: Sequence[tuple[str, bytes]],
        progress: Sequence[tuple[str, str | None]],
        then: Then = nothing,
    ) -> None:
        """Add children of some parents of a relation; it is written as ``add`` writes.

        Args:
            name: the relation.
            pieces: a parent's id, and a JSON array of some of its children.
            progress: how far parents are read: id, and the link of the next page where one is left.
            then: called when that has been committed.
        """

        def write(database: Connection) -> None:
            if whole.add_children(database, name, pieces, progress):
                self._repeated.add(name)

        self._writing.put(write, then)

    def add_answer(
        self,
        name: str,
        digest: str,
        pieces: Sequence[tuple[str, bytes]] | None,
        progress: Sequence[tuple[str, str | None]],
        then: Then = nothing,
    ) -> None:
        """Add what was made of an answer to a collection that is read whole; it is written as ``add`` writes.

        Args:
            name: the collection.
            digest: of the answer; empty where nothing is to be taken over from it.
            pieces: a part, and a JSON array of some of its objects; ``None``: those of the reading before.
            progress: what is read by that, as ``add_children`` is told.
            then: called when that has been committed.
        """
        self._writing.put(lambda database: whole.add_answer(database, name, digest, pieces, progress), then)

    def replace_part(self, name: str, part: str, objects: bytes) -> None:
        """Replace the objects of a part of a collection that is being read whole by others, a JSON array."""
        with self._transaction() as database:
            whole.replace_part(database, name, part, objects)
            self._repeated.add(name)

    def forget(self, name: str, parts: Sequence[str]) -> None:
        """Take parts out of a collection that is read whole, as if they had not been read."""
        with self._transaction() as database:
            whole.forget_parts(database, name, parts)
            self._repeated.update([name] if parts else [])

    def complete(self, name: str, *, decides: bool = True) -> bool:
        """Say that a collection has been read whole, and tell whether some of it was taken back, as what came again.

        What is there no more is deleted where the collection decides that, unless rows of it could not be used.
        """
        with self._transaction() as database:
            if whole.complete(database, name, decides=decides):
                self._repeated.add(name)
        return name in self._repeated

    def change(self, name: str, rows: Mapping[str, RawRow], gone: Sequence[str], link: str | None) -> None:
        """Apply a page of changes to a collection of objects.

        Args:
            name: the collection.
            rows: objects that are new or changed, by id.
            gone: ids of objects that were deleted.
            link: where the changes go on.
        """
        with self._transaction() as database:
            number = find_there(database, name).number
            changes = put(database, number, "", rows)
            remove(database, orjson.dumps(list(rows)).decode(), removed=False)
            remove(database, orjson.dumps(gone).decode(), removed=True)
            changes += len(drop(database, number, "", set(gone)))
            self._advance(database, number, changes, link)

    def change_children(
        self,
        name: str,
        found: Mapping[str, Mapping[str, RawRow]],
        gone: Mapping[str, set[str]],
        parents: Sequence[str],
        link: str,
    ) -> None:
        """Apply a page of changes to a relation.

        Children that are deleted are set aside, and all of a parent that is not read yet: it lists those that are not.

        Args:
            name: the relation.
            found: children that are new, by parent and id.
            gone: ids of children that were deleted, by parent.
            parents: ids of parents that were deleted.
            link: where the changes go on.
        """
        with self._transaction() as database:
            number = find_there(database, name).number
            changes = relink(database, number, found, gone, parents)
            self._advance(database, number, changes, link)

    def settle(self, name: str) -> int:
        """Take links to objects that were deleted meanwhile out of a relation, and put those to restored ones back.

        Returns:
            How many were restored of which the links are not known. Only reading the relation whole tells these.
        """
        with self._transaction() as database:
            return settle(database, find_there(database, name))

    def leave_deleted(self, name: str) -> None:
        """Take links to deleted objects out of a relation that was read by delta queries: these list them at first.

        Source: microsoft-graph-docs-contrib, issue 5855.
        """
        with self._transaction() as database:
            if leave_deleted(database, find_there(database, name).number):
                self._repeated.add(name)

    def current(self, name: str) -> None:
        """Say that a collection has all changes up to now."""
        with self._transaction() as database:
            told = "UPDATE collections SET state = 'complete', delta_on = ? WHERE name = ?"
            database.execute(told, (time.time(), name))

    def _advance(self, database: Connection, number: int, changes: int, link: str | None) -> None:
        database.execute("UPDATE collections SET delta_link = ? WHERE number = ?", (link, number))
        changed(database, number, changes)
