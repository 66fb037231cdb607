"""What a publication does to the graph, as SQL: ``entities`` and ``relationships`` write each statement out."""

from dataclasses import dataclass, fields
from typing import Self


@dataclass(frozen=True, slots=True)
class Statements:
    """The statements for one of the graph's two tables.

    In each, ``{new}`` stands for the table of the records that were added, and ``{old}`` for that of those that were
    made of what has changed since. ``?1`` is the type's number; in those that write or read ``changes``, ``?2`` is the
    revision.

    Attributes:
        columns: of the table, in the order of a row that is added; ``properties`` is the last.
        make: makes ``{new}`` and ``{old}``.
        discard: takes all records of the type out of the graph.
        load: puts what was added after a row of ``{new}``, ``?2``, into a graph that had none of the type, in order.
        count: how many records the graph has.
        count_added: how many of those that were added it has.
        lacking: finds a row where the graph has a record that was not added as it is there. SQLite takes both in order,
            and goes through them side by side.
        sizes: how many records were added, and how many keys these have.
        taken: how many of the added have the key of a record that did not change, or that is of another type.
        note_absent: notes as deleted what the graph has and nobody added.
        note_gone: notes as deleted what is in ``{old}`` and not in ``{new}``.
        delete: deletes what was noted as deleted.
        note_created: notes what is new.
        note_updated: notes what the others were, where they are different now.
        merge: brings what was added into the graph.
        duplicates: finds ``?2`` keys at most that several records have.
    """

    columns: tuple[str, ...]
    make: tuple[str, str]
    discard: str
    load: str
    count: str
    count_added: str
    lacking: str
    sizes: str
    taken: str
    note_absent: str
    note_gone: str
    delete: str
    note_created: str
    note_updated: str
    merge: str
    duplicates: str

    def on(self, new: str, old: str) -> Self:
        """Return the statements with the names of two tables in place of ``{new}`` and ``{old}``."""
        found = {field.name: getattr(self, field.name) for field in fields(self)}
        named = {name: text.format(new=new, old=old) for name, text in found.items() if isinstance(text, str)}
        first, second = (text.format(new=new, old=old) for text in self.make)
        return type(self)(**{**found, **named, "make": (first, second)})
