"""What is kept of the rows of Azure Resource Graph."""

from collections import defaultdict
from collections.abc import Iterable, Sequence, Set
from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import Any, NamedTuple

from integration.http import decoding, levels
from integration.sources.azure import discretion
from integration.sources.azure.discretion import properties_kept
from integration.sources.azure.notes import GAP
from integration.sources.azure.resource_graph import COLUMNS, QueriedRows
from integration.text.exact_json import exact_json

_COLUMNS = frozenset(COLUMNS)


class KeptPage(NamedTuple):
    """What is kept of an answer, ready to be written: a tenth of the memory that its rows took.

    Attributes:
        digest: of the answer; empty where nothing is to be taken over from it later.
        pieces: the type, and a JSON array of its rows; ``None``: those of the same answer in the reading before.
        progress: what is read by that.
        rows: how many came.
    """

    digest: str
    pieces: Sequence[tuple[str, bytes]] | None
    progress: Sequence[tuple[str, str | None]]
    rows: int


def kept_page(partition: str, rows: QueriedRows, answered: Set[str]) -> KeptPage:
    """Return what is kept of the rows of a partition.

    Args:
        partition: its name.
        rows: what Azure answered.
        answered: digests of answers of which the mirror still has what was made in the reading before.
    """
    digest = f"{_way_of_keeping()} {rows.digest}"
    progress: list[tuple[str, str | None]] = [(partition, None)]
    if digest in answered:
        return KeptPage(digest, None, progress, len(rows))
    parts, odd = by_type(rows)
    if odd:
        digest = ""  # each reading has to tell that these are missing
        progress.append((f"{GAP}{partition}", f"{odd} rows have no id or no type"))
    return KeptPage(digest, [(type, exact_json(found)) for type, found in parts.items()], progress, len(rows))


def by_type(rows: Iterable[dict[str, Any]]) -> tuple[dict[str, list[dict[str, Any]]], int]:
    """Return rows by type, each id once and with all columns, and how many have no id or no type.

    What may be a secret is taken out of the rows that are given.
    """
    found: defaultdict[str, dict[str, dict[str, Any]]] = defaultdict(dict)
    odd = 0
    for row in rows:
        key, type = row.get("id"), row.get("type")
        if isinstance(key, str) and key and isinstance(type, str) and type:
            row["properties"] = properties_kept(row)
            found[type.lower()][key.lower()] = row if row.keys() >= _COLUMNS else {**dict.fromkeys(COLUMNS), **row}
        else:
            odd += 1
    return {type: list(of_type.values()) for type, of_type in found.items()}, odd


@cache
def _way_of_keeping() -> str:
    """Return a digest of the code that decides what is kept of an answer: where it is another, so may that be."""
    found = blake2b(digest_size=16)
    for path in sorted([__file__, decoding.__file__, discretion.__file__, levels.__file__]):
        found.update(Path(path).read_bytes())
    return found.hexdigest()
