"""What a run says of its reading: how, at what cost, and what the graph has no type for."""

import sys
from collections import Counter
from typing import Any

from integration.sources.reader import Reader
from integration.store.store import Store
from integration.text.visible import line

if sys.platform != "win32":
    import resource  # here, since the process may be unable to open a further file where it is used


def account(reader: Reader) -> dict[str, Any]:
    """Return what reading cost, and which collections were read whole and why.

    Units: ``peakMemory`` is in bytes; ``begunOn``, from when what was read may be where the run goes on with one that
    was cut short, in epoch milliseconds; the sources say theirs.
    """
    costs: dict[str, Any] = {}
    for source in reader.sources.values():
        costs |= source.cost()
    return {
        **costs,
        **({"begunOn": round(reader.mirror.begun_on() * 1000)} if reader.resumed else {}),
        **_peak_memory(),
        "collections": {
            each.collection: {"pages": each.pages, "items": each.items} for each in reader.counter.so_far()
        },
        "readWhole": dict(reader.reasons),
    }


def _peak_memory() -> dict[str, int]:
    """Return the most memory that the process has held; nothing where the system does not tell."""
    if sys.platform == "win32":
        return {}
    unit = 1 if sys.platform == "darwin" else 1024
    return {"peakMemory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit}


def not_represented(reader: Reader, store: Store) -> dict[str, dict[str, int]]:
    """Return how many objects were read that no step takes, by collection and kind."""
    found: dict[str, dict[str, int]] = {}
    for source in reader.sources.values():
        for name, kinds in source.untaken(reader, store.holds_any).items():
            told: Counter[str] = Counter()
            for kind, count in kinds.items():
                told[line(kind)] += count  # a service may name a kind as it likes
            found[name] = dict(told)
    return found
