"""What a run says of its reading: how, at what cost, and which members the graph has no type for."""

import sys
from typing import Any

from integration.sources.msgraph.kinds import Takes
from integration.sources.msgraph.members import kinds as children_of
from integration.sources.reader import Reader
from integration.store.store import Store


def account(reader: Reader) -> dict[str, Any]:
    """Return what was asked, what Graph charged, and which collections were read whole and why.

    Units: ``throttledSeconds`` are seconds, ``bytes`` are of decoded bodies, ``peakMemory`` is in bytes.
    """
    meter = reader.client.meter
    return {
        "requests": dict(meter.requests),
        "batchedRequests": meter.batched,
        "resourceUnits": meter.resource_units,
        "retries": meter.retries,
        "throttled": meter.throttled,
        "throttledSeconds": round(reader.client.pace.waited, 3),
        "bytes": meter.bytes,
        **_peak_memory(),
        "collections": {
            each.collection: {"pages": each.pages, "items": each.items} for each in reader.counter.so_far()
        },
        "readWhole": dict(reader.reasons),
        **({"smallerPages": dict(reader.smaller_pages)} if reader.smaller_pages else {}),
        **({"withoutServicePrincipals": sorted(reader.plain)} if reader.plain else {}),
        **({"withoutDeletedItems": sorted(reader.bin_refused)} if reader.bin_refused else {}),
    }


def _peak_memory() -> dict[str, int]:
    """Return the most memory that the process has held; nothing where the system does not tell."""
    if sys.platform == "win32":
        return {}
    import resource

    unit = 1 if sys.platform == "darwin" else 1024
    return {"peakMemory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit}


def not_represented(reader: Reader, store: Store) -> dict[str, dict[str, int]]:
    """Return how many children of each relation are of a kind that no step takes, by ``@odata.type``.

    A step takes the kind that it names; one that names none takes the kinds that the graph has entities of.
    """
    found = {}
    for name, casts in reader.relations().items():
        takes = [Takes(cast) for cast in casts if cast]
        kinds = {
            kind: count - (sum(1 for cast in casts for _ in reader.unnamed(name, cast)) if not kind else 0)
            for kind, (count, sample) in children_of(reader.mirror, name).items()
            if not (any(one[kind] for one in takes) or ("" in casts and store.holds_any(sample)))
        }
        if any(kinds.values()):
            found[name] = {kind: count for kind, count in kinds.items() if count}
    return found
