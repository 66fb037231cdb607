"""What a source brings a collection up to date with: the mirror's side of one collection."""

from collections.abc import Iterator, Mapping, Sequence, Set
from typing import TYPE_CHECKING, Any

from integration.mirror.rows import RawRow
from integration.mirror.tables import Known
from integration.sources.flow import Flow
from integration.sources.request import Request
from integration.sources.selection import Selection

if TYPE_CHECKING:
    from integration.sources.reader import Reader


class Collection:
    """One collection that is being brought up to date: what is known of it, and what to do to it.

    Objects are kept in parts: one for each parent of a relation, or whatever else a source sorts them by.

    Args:
        request: what is asked for.
        reader: the run's.
        flow: is told how far it is.
        anew: why it has to be read whole, whatever is known of it; empty where it has not.

    Attributes:
        name: the collection's name in the mirror.
        anew: as given.
        counter: adds up what is read.
    """

    def __init__(self, request: Request, reader: "Reader", flow: Flow, anew: str = "") -> None:
        self.name, self.anew, self.counter = request.name, anew, reader.counter
        self._title, self._selection = request.title, Selection(request.properties)
        self._reader, self._flow, self._mirror = reader, flow, reader.mirror
        self._decides = reader.sources[request.source].tracks(request)

    @property
    def resumed(self) -> bool:
        """Whether the run goes on with one that was cut short."""
        return self._reader.resumed

    @property
    def known(self) -> Known | None:
        """What the mirror has of it; ``None`` where that is nothing."""
        return self._mirror.find(self.name)

    @property
    def unusable(self) -> int:
        """How many of its rows could not be kept when it was read whole."""
        return self._mirror.unusable(self.name)

    @property
    def any_read(self) -> bool:
        """Whether one of its parts is there to the last."""
        return self._mirror.has_read(self.name)

    def listing(self, request: Request) -> str:
        """Return the name of the collection of a relation's parents, having it read where no step did."""
        return self._reader.parents(request)

    def parents(self, request: Request) -> Iterator[Mapping[str, Any]]:
        """Yield the objects of a relation's parents, having them read where no step did.

        Raises:
            GraphError: the source did not give all of them.
        """
        listing = self._reader.listing(request)
        self._reader.ensure(listing)
        yield from (parent for _, parent in self._reader.rows(listing))

    def pending(self, parents: str, after: str, most: int) -> list[tuple[str, str | None]]:
        """Return parts that are not read to the end, one for each object of ``parents``, as ``Mirror.pending`` does."""
        return self._mirror.pending(self.name, parents, after, most)

    def count_pending(self, parents: str) -> int:
        """Count the parts that ``pending`` goes through."""
        return self._mirror.count_pending(self.name, parents)

    def because(self, reason: str) -> None:
        """Tell why it is read whole although something of it was there."""
        self._reader.reasons[self.name] = reason

    def begin(self, bookmark: str | None, deleted: Sequence[str] = (), before: Sequence[str] = ()) -> None:
        """Start to read it whole; what is there of it goes, as ``Mirror.begin`` says."""
        self._mirror.begin(self.name, bookmark, deleted, before)

    def go_on(self, deleted: Sequence[str]) -> None:
        """Go on reading it whole where a run before was cut short, as ``Mirror.go_on`` says."""
        self._mirror.go_on(self.name, deleted)

    def before(self) -> Set[str]:
        """Return what ``begin`` was told of what was there before, until it is read whole."""
        return self._mirror.before(self.name)

    def began(self) -> None:
        """Let those who follow it read what comes."""
        self._flow.began()

    def add(self, rows: Sequence[RawRow], cursor: str | None, *, unusable: int = 0) -> None:
        """Add objects, and where the reading goes on, in one transaction."""
        rows = self._selection.of_each(rows)
        self._mirror.add(self.name, rows, cursor, self._flow.grew, unusable=unusable, decides=self._decides)

    def add_parts(self, pieces: Sequence[tuple[str, bytes]], progress: Sequence[tuple[str, str | None]]) -> None:
        """Add objects of parts, and how far these are read, in one transaction, as ``Mirror.add_children`` does."""
        self._mirror.add_children(self.name, pieces, progress, self._flow.grew)

    def answered(self) -> Set[str]:
        """Return the digests of answers of the reading before, from which ``add_answer`` may take over."""
        return self._mirror.answered(self.name)

    def add_answer(
        self, digest: str, pieces: Sequence[tuple[str, bytes]] | None, progress: Sequence[tuple[str, str | None]]
    ) -> None:
        """Add what was made of an answer now or, without ``pieces``, in the reading before, as ``Mirror`` does."""
        self._mirror.add_answer(self.name, digest, pieces, progress, self._flow.grew)

    def progress(self, part: str | None = None, *, beginning: str = "") -> Mapping[str, str | None]:
        """Return how far some of its parts are read, as ``Mirror.progress`` does."""
        return self._mirror.progress(self.name, part, beginning=beginning)

    def children(self, part: str) -> Mapping[str, RawRow]:
        """Return the objects of a part, by id."""
        return self._mirror.children(self.name, part)

    def forget(self, parts: Sequence[str]) -> None:
        """Take parts out of it, as if they had not been read."""
        self._mirror.forget(self.name, parts)

    def forget_others(self, parents: str) -> None:
        """Take parts out of it that are of no object of ``parents``, the name of a collection."""
        parts = [part for part in self.progress() if part]
        self.forget(sorted({*parts} - self._mirror.holds(parents, parts)))

    def linked(self, word: str) -> Iterator[Sequence[RawRow]]:
        """Yield children of relations that were there when the run began, some together, among which a word occurs."""
        relations = [name for name in self._mirror.names() if name.startswith("/") and "/*/" in name]
        for name in [] if self._reader.new else relations:
            with self._mirror.pieces(name, word) as pieces:
                yield from (rows for _, rows in pieces.more())

    def holds(self, ids: Sequence[str]) -> Set[str]:
        """Return which of some objects it has."""
        return self._mirror.holds(self.name, ids)

    def sizes(self) -> Iterator[tuple[str, int]]:
        """Yield how many objects each part has that has some, or is read, in the order of the parts' names."""
        return self._mirror.sizes(self.name)

    def replace_part(self, part: str, objects: bytes) -> None:
        """Replace the objects of a part by others, a JSON array; who followed the collection begins anew."""
        self._mirror.replace_part(self.name, part, objects)

    def complete(self, *, in_doubt: bool = False) -> None:
        """Say that it has been read whole; who followed it begins anew where something was taken back.

        Args:
            in_doubt: some may have been passed over, so that nothing is taken for deleted.
        """
        if self._mirror.complete(self.name, decides=self._decides and not in_doubt):
            self._flow.began()

    def objects(self, ids: Sequence[str]) -> Mapping[str, RawRow]:
        """Return those of some objects that it has, by id."""
        return self._mirror.objects(self.name, ids)

    def change(self, rows: Mapping[str, RawRow], gone: Sequence[str], bookmark: str | None) -> None:
        """Apply changes to objects, as ``Mirror.change`` does."""
        kept = {key: self._selection.of(row) for key, row in rows.items()}
        self._mirror.change(self.name, kept, gone, bookmark)

    def change_children(
        self,
        found: Mapping[str, Mapping[str, RawRow]],
        gone: Mapping[str, set[str]],
        parents: Sequence[str],
        bookmark: str,
    ) -> None:
        """Apply changes to a relation, as ``Mirror.change_children`` does."""
        kept = {
            parent: {key: self._selection.of(row) for key, row in children.items()}
            for parent, children in found.items()
        }
        self._mirror.change_children(self.name, kept, gone, parents, bookmark)

    def current(self) -> None:
        """Say that it has all changes up to now."""
        self._mirror.current(self.name)

    def leave_deleted(self) -> None:
        """Take links to deleted objects out of it."""
        self._mirror.leave_deleted(self.name)

    def count(self, *, pages: int, items: int, parents: int = 0, throttled: float = 0.0) -> None:
        """Tell people how much more of it has been read."""
        self.counter.add(self._title, pages=pages, items=items, parents=parents, throttled=throttled)

    def expect(self, parents: int) -> None:
        """Tell people how many parents are to be read."""
        self.counter.expect(self._title, parents)
