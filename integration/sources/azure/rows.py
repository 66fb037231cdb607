"""What is kept of the rows of Azure Resource Graph."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from integration.sources.azure.discretion import properties_kept
from integration.sources.azure.resource_graph import COLUMNS

_COLUMNS = frozenset(COLUMNS)


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
