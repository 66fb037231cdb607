"""Mass deletions: what a type loses at once is kept at the destinations until somebody says that it is right.

A tenant that is half empty is more often a mistake (of an administrator, of a filter, of Graph) than the truth, and
what a destination deletes takes its history along.
"""

from collections.abc import Mapping

from integration.store import Store

LEAST = 50
"""A loss of fewer records is never a mass deletion."""


def note_losses(store: Store, percent: float) -> None:
    """Note which types the run took too much from, and which have got back what they had lost.

    Args:
        store: the graph that is being made; all types are published.
        percent: of a type's records, that it may lose at once.
    """
    kept = 1 - percent / 100
    for name, (before, lost) in store.losses(LEAST).items():
        if before - lost < kept * before:
            store.withhold(name, before)
    for name, before in store.withheld().items():
        if store.count_of(name) >= kept * before:
            store.withhold(name, None)


def withhold(store: Store, *, allow: bool) -> Mapping[str, str]:
    """Return the reason for each type of which destinations must delete nothing.

    Args:
        store: the graph.
        allow: the losses are right, also those of earlier runs.
    """
    reasons = {}
    for name, before in store.withheld().items():
        if allow:
            store.withhold(name, None)
        else:
            gone = f"it lost {before - store.count_of(name):,} of {before:,} records"
            reasons[name] = f"{gone}: destinations keep them until --allow-mass-delete says that this is right"
    return reasons
