"""Records of a type that a file holds, compared with the graph's: two sorted rows, gone through side by side."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import orjson

from integration.errors import OutputError
from integration.sdk.step import Step
from integration.sinks.mapped import ends_of

_BEGINS = b'{"_key":'


@dataclass
class Tally:
    """What came of a comparison.

    Attributes:
        held: how many records the file holds.
        gone: how many of them the graph has no more.
        differs: the result is not what the file holds.
    """

    held: int = 0
    gone: int = 0
    differs: bool = False


def merged(step: Step, old: Iterable[bytes], new: Iterable[bytes], tally: Tally, *, keep: bool) -> Iterator[bytes]:
    """Yield the graph's records, sorted by key.

    Args:
        step: their type.
        old: the records that the file holds, sorted likewise.
        new: the graph's.
        tally: counts them.
        keep: yield those that the graph has no more as well, in their places.

    Raises:
        ValueError: the old records are not as this program writes them.
    """
    theirs = _Old(step, old, tally)
    for record in new:
        if theirs.record == record:
            theirs.advance()
        elif theirs.record:
            ends = _ends(step, record)
            while theirs.ends and theirs.ends < ends:
                yield from theirs.pass_gone(keep=keep)
            tally.differs |= theirs.record != record
            if theirs.ends == ends:
                theirs.advance()
        else:
            tally.differs = True
        yield record
    while theirs.ends:
        yield from theirs.pass_gone(keep=keep)


class _Old:
    """The records that a file holds, one after the other; they are looked into only where that is needed."""

    def __init__(self, step: Step, records: Iterable[bytes], tally: Tally) -> None:
        self._step, self._records, self._tally = step, iter(records), tally
        self._ends: tuple[str, ...] | None = None
        self._last: tuple[str, ...] = ()
        self.record = b""
        self.advance()

    @property
    def ends(self) -> tuple[str, ...]:
        """What the present record is sorted by; empty behind the last one."""
        if self._ends is None:
            self._ends = _ends(self._step, self.record) if self.record else ()
            if self._ends and self._ends <= self._last:
                raise ValueError
        return self._ends

    def advance(self) -> None:
        """Go on to the next record."""
        self._last = self._ends or self._last
        self._ends, self.record = None, next(self._records, b"")
        self._tally.held += bool(self.record)

    def pass_gone(self, *, keep: bool) -> Iterator[bytes]:
        """Go past a record that the graph has no more, and yield it if it is to be kept."""
        self._tally.gone += 1
        self._tally.differs |= not keep
        record = self.record
        self.advance()
        if keep:
            yield record


def foreign_file(path: Path) -> OutputError:
    """Return the error that a file is not as this program writes it."""
    return OutputError(f"{path}: this program did not write what it holds, so it is not replaced: move it away")


def is_cut_off(record: bytes) -> bool:
    """Tell whether something is the beginning of a record as this program writes it, and not a whole one."""
    if not _BEGINS.startswith(record[: len(_BEGINS)]):
        return False
    try:
        orjson.loads(record)
    except orjson.JSONDecodeError:
        return True
    return False


def _ends(step: Step, record: bytes) -> tuple[str, ...]:
    """Return what the records of a type are sorted by."""
    found = orjson.loads(record)
    names = ("_fromEntityKey", "_toEntityKey") if step.is_relationship else ("_key",)
    found = found if isinstance(found, dict) and found.get("_type") == step.name else {}
    ends = ends_of(found["_mapping"]) if "_mapping" in found else [found.get(name) for name in names]
    if not all(isinstance(each, str) for each in ends):
        raise ValueError
    return tuple(map(str, ends))
