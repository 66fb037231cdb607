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

RecordKind = Literal["entities", "relationships"]


@dataclass(frozen=True, slots=True)
class Batch:
    """Some objects of one kind.

    Attributes:
        kind: ``entities`` or ``relationships``.
        count: how many there are.
        packed: ``{"<kind>": […]}``, gzip.
    """

    kind: RecordKind
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
                yield Batch(self.kind, len(half), _packed(orjson.dumps({self.kind: half})))
            return
        (only,) = objects
        if only.pop("_rawData", None) is None:
            raise OutputError(
                f"{only['_type']} {only['_key']} alone is larger than JupiterOne takes: leave the type out with --skip"
            )
        yield Batch(self.kind, 1, _packed(orjson.dumps({self.kind: [only]})))

    @property
    def key(self) -> str:
        """The first object's ``_key``: for messages."""
        return str(orjson.loads(gzip.decompress(self.packed))[self.kind][0]["_key"])


def batches(kind: RecordKind, records: Iterable[bytes], most: int) -> Iterator[Batch]:
    """Yield records in batches that are as large as they may be; a record that is larger makes one by itself.

    Args:
        kind: what they are.
        records: objects as JSON.
        most: bytes of a batch's JSON.
    """
    opening, closing = f'{{"{kind}":['.encode(), b"]}"
    gathered, count = bytearray(opening), 0
    for record in records:
        if count and len(gathered) + 1 + len(record) + len(closing) > most:
            yield Batch(kind, count, _packed(gathered + closing))
            gathered, count = bytearray(opening), 0
        if count:
            gathered += b","
        gathered += record
        count += 1
    if count:
        yield Batch(kind, count, _packed(gathered + closing))


def _packed(document: bytes | bytearray) -> bytes:
    return gzip.compress(document, _LEVEL, mtime=0)
