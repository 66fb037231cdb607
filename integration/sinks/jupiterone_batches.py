"""Batches of JupiterOne objects as they are uploaded: full by bytes, packed, and made smaller where they must be."""

import gzip
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

import orjson

from integration.errors import OutputError

BATCH_BYTES = 5_000_000
"""The most bytes of JSON in a batch, before compression, as in JupiterOne's SDK; the service takes 6 MB."""
_LEVEL = 6

Kind = Literal["entities", "relationships"]


@dataclass(frozen=True, slots=True)
class Batch:
    """Some objects of one kind.

    Attributes:
        kind: ``entities`` or ``relationships``.
        count: how many there are.
        packed: ``{"<kind>": […]}``, gzip.
    """

    kind: Kind
    count: int
    packed: bytes

    def smaller(self) -> Iterator["Batch"]:
        """Yield the batch's two halves, or its only object without ``_rawData``.

        Raises:
            OutputError: it is one object, and has no ``_rawData``.
        """
        objects = orjson.loads(gzip.decompress(self.packed))[self.kind]
        if self.count > 1:
            middle = self.count // 2
            for half in (objects[:middle], objects[middle:]):
                yield _packed(self.kind, [orjson.dumps(each) for each in half])
            return
        (only,) = objects
        if only.pop("_rawData", None) is None:
            raise OutputError(
                f"{only['_type']} {only['_key']} alone is larger than JupiterOne takes: leave the type out with --skip"
            )
        yield _packed(self.kind, [orjson.dumps(only)])

    @property
    def key(self) -> str:
        """The first object's ``_key``: for messages."""
        return str(orjson.loads(gzip.decompress(self.packed))[self.kind][0]["_key"])


def batches(kind: Kind, records: Iterable[bytes], most: int) -> Iterator[Batch]:
    """Yield records in batches that are as large as they may be; a record that is larger makes one by itself.

    Args:
        kind: what they are.
        records: objects as JSON.
        most: bytes of a batch's JSON.
    """
    empty = len(_joined(kind, []))
    gathered: list[bytes] = []
    size = empty
    for record in records:
        if gathered and size + 1 + len(record) > most:
            yield _packed(kind, gathered)
            gathered, size = [], empty
        size += len(record) + bool(gathered)
        gathered.append(record)
    if gathered:
        yield _packed(kind, gathered)


def _packed(kind: Kind, records: list[bytes]) -> Batch:
    return Batch(kind, len(records), gzip.compress(_joined(kind, records), _LEVEL, mtime=0))


def _joined(kind: Kind, records: list[bytes]) -> bytes:
    return b'{"%s":[%s]}' % (kind.encode(), b",".join(records))
