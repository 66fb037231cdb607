"""What is kept of the rows of Azure Resource Graph."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import Any, NamedTuple

from integration.http import decoding, levels
from integration.sources.azure import discretion, names, tags, verdicts
from integration.sources.azure.discretion import OBJECTS, properties_kept, without_secrets
from integration.sources.azure.names import name_in, region_of
from integration.sources.azure.notes import GAP
from integration.sources.azure.resource_graph import COLUMNS, QueriedRows
from integration.sources.azure.tags import tags_kept
from integration.text import stated
from integration.text.exact_json import exact_json
from integration.text.secret import HIDDEN

_COLUMNS = frozenset(COLUMNS)
_TEXTS = ("kind", "location", "managedBy", "resourceGroup")
"""Columns in which an empty text is nothing. Source: Azure Resource Graph, explore your Azure resources."""


class KeptPage(NamedTuple):
    """What is kept of an answer, ready to be written: a tenth of the memory that its rows took.

    Attributes:
        digest: of the answer; empty where nothing is to be taken over from it later.
        pieces: the type, and a JSON array of its rows; ``None``: those of the same answer in the reading before.
        progress: what is read by that.
        rows: how many came.
        doubled: how many rows of each type were there already, by the same id.
    """

    digest: str
    pieces: Sequence[tuple[str, bytes]] | None
    progress: Sequence[tuple[str, str | None]]
    rows: int
    doubled: Mapping[str, int]


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
        return KeptPage(digest, None, progress, len(rows), {})
    parts, odd, doubled = by_type(rows)
    if odd or doubled:
        digest = ""  # each reading has to tell these
    if odd:
        progress.append((f"{GAP}{partition}", f"{odd} rows have no id or no type"))
    pieces = [(type, exact_json(found)) for type, found in parts.items()]
    return KeptPage(digest, pieces, progress, len(rows), doubled)


def by_type(rows: Iterable[dict[str, Any]]) -> tuple[dict[str, list[dict[str, Any]]], int, Counter[str]]:
    """Return rows by type, each id once and with all columns, how many have no id or no type, and how many came again.

    What may be a secret is taken out of the rows that are given. Azure Resource Graph itself has some resources twice.
    Source: finops-toolkit, issue 1643.
    """
    found: defaultdict[str, dict[str, dict[str, Any]]] = defaultdict(dict)
    odd, doubled = 0, Counter[str]()
    for row in rows:
        key, type = row.get("id"), row.get("type")
        if isinstance(key, str) and key and HIDDEN not in key and isinstance(type, str) and type:
            row["properties"] = properties_kept(row)
            if row.get("tags"):
                row["tags"] = tags_kept(row["tags"])
            for name in OBJECTS:
                if row.get(name):
                    row[name] = without_secrets(row[name])
            _plain(row)
            of_type = found[type.lower()]
            if key.lower() in of_type:
                doubled[type.lower()] += 1
            of_type[key.lower()] = row if row.keys() >= _COLUMNS else {**dict.fromkeys(COLUMNS), **row}
        else:
            odd += 1
    return {type: list(of_type.values()) for type, of_type in found.items()}, odd, doubled


def _plain(row: dict[str, Any]) -> None:
    """Have a row tell its name, name its region as others do, and say by null alone that there is nothing."""
    row["location"] = region_of(row)
    row["name"] = row.get("name") or name_in(row["id"]) or None
    for name in _TEXTS:
        if row.get(name) == "":
            row[name] = None


@cache
def _way_of_keeping() -> str:
    """Return a digest of the code that decides what is kept of an answer: where it is another, so may that be."""
    found = blake2b(digest_size=16)
    deciding = (decoding, discretion, levels, names, stated, tags, verdicts)
    for path in sorted([__file__, *(str(module.__file__) for module in deciding)]):
        found.update(Path(path).read_bytes())
    return found.hexdigest()
