"""What of a file goes into the store: all of it once, and later the pages of SQLite that have changed.

A run changes few pages, scattered over the file: of 100,000 users, one in two thousand where nothing has changed. A
file is kept as chunks of all of it (the base), and packs of pages that replaced others since, in order. Each blob says
what it must hold, so that one that was damaged is noticed.
"""

import struct
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Any

from integration.errors import OutputError

PAGE = 16_384
"""Bytes; that of ``integration.disk.sqlite``."""
_CHUNK_PAGES = 1_024
_MOST_PACKS = 64
_MOST_PACKED = 0.5
"""Share of the base that packs may be, before a file is kept anew as a whole."""
_LEVEL = 3
_DIGEST = 16

Put = Callable[[bytes], str]
"""Keeps a blob, and returns its name."""
Get = Callable[[str], bytes]


@dataclass
class Paged:
    """How a file of SQLite was when it was last kept.

    Attributes:
        hashes: one of each page; empty where all of it is to be kept.
        kept: what it consists of, as a generation has it.
    """

    hashes: bytes
    kept: Mapping[str, Any]


_HASH = 8


def hashes_of(path: Path) -> bytes:
    """Return a hash of each page of a file, one behind the other."""
    found = bytearray()
    with path.open("rb") as file:
        while chunk := file.read(PAGE * _CHUNK_PAGES):
            view = memoryview(chunk)
            for start in range(0, len(chunk), PAGE):
                found += blake2b(view[start : start + PAGE], digest_size=_HASH).digest()
    return bytes(found)


def keep_pages(path: Path, before: Paged | None, put: Put) -> Paged:
    """Keep a file, as far as it is not kept already.

    Args:
        path: the file; nobody writes to it meanwhile.
        before: how it was when it was kept last.
        put: keeps a blob.
    """
    size, hashes = path.stat().st_size, hashes_of(path)
    if before is None:
        return _whole(path, hashes, put)
    changed = [
        number
        for number in range(len(hashes) // _HASH)
        if hashes[number * _HASH : number * _HASH + _HASH] != before.hashes[number * _HASH : number * _HASH + _HASH]
    ]
    if not changed and size == before.kept["size"]:
        return before
    packed = before.kept["packed"] + len(changed)
    packs = len(before.kept["packs"]) + -(-len(changed) // _CHUNK_PAGES)
    if packed > _MOST_PACKED * before.kept["pages"] or packs > _MOST_PACKS:
        return _whole(path, hashes, put)
    names = [put(pack) for pack in _packs(path, changed)]
    kept = {**before.kept, "size": size, "packed": packed, "packs": [*before.kept["packs"], *names]}
    return Paged(hashes, kept)


def restore(path: Path, kept: Mapping[str, Any], get: Get) -> Paged:
    """Make a file of what is kept of it.

    Raises:
        OutputError: a blob is not what it was.
    """
    with path.open("xb") as file:
        for name in kept["base"]:
            file.write(_opened(get(name), name))
        for name in kept["packs"]:
            for number, page in _pages(_opened(get(name), name)):
                file.seek(number * PAGE)
                file.write(page)
        file.truncate(kept["size"])
    return Paged(hashes_of(path), kept)


def _whole(path: Path, hashes: bytes, put: Put) -> Paged:
    with path.open("rb") as file:
        names = [put(_closed(chunk)) for chunk in iter(lambda: file.read(PAGE * _CHUNK_PAGES), b"")]
    size = path.stat().st_size
    return Paged(hashes, {"size": size, "pages": len(hashes) // _HASH, "packed": 0, "base": names, "packs": []})


def _packs(path: Path, numbers: Sequence[int]) -> Iterator[bytes]:
    """Yield the pages with these numbers, many in a pack."""
    with path.open("rb") as file:
        for start in range(0, len(numbers), _CHUNK_PAGES):
            some = numbers[start : start + _CHUNK_PAGES]
            parts = [struct.pack(f"<I{len(some)}I", len(some), *some)]
            for number in some:
                file.seek(number * PAGE)
                parts.append(file.read(PAGE))
            yield _closed(b"".join(parts))


def _pages(pack: bytes) -> Iterator[tuple[int, bytes]]:
    (count,) = struct.unpack_from("<I", pack)
    numbers = struct.unpack_from(f"<{count}I", pack, 4)
    start = 4 + 4 * count
    for place, number in enumerate(numbers):
        yield number, pack[start + place * PAGE : start + (place + 1) * PAGE]


def _closed(data: bytes) -> bytes:
    """Return a blob that holds data: its digest, and the data compressed."""
    import zstandard  # of the extra: what keeps nothing in a store does without it

    return blake2b(data, digest_size=_DIGEST).digest() + zstandard.ZstdCompressor(_LEVEL).compress(data)


def _opened(blob: bytes, name: str) -> bytes:
    import zstandard

    try:
        data = zstandard.ZstdDecompressor().decompress(blob[_DIGEST:], max_output_size=PAGE * (_CHUNK_PAGES + 1))
    except zstandard.ZstdError:
        data = b""
    if blake2b(data, digest_size=_DIGEST).digest() != blob[:_DIGEST]:
        raise OutputError(f"the blob {name} is damaged: integration fleet forget the tenant, and it is read anew")
    return bytes(data)
