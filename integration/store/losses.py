"""What the types of the graph lost in a run: destinations keep it where it is too much, until it is said to be right.

A graph in a new folder has no run before: there the destinations' own guard looks at what they hold.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from integration.sdk.mass_deletion import LEAST, UNTIL, is_mass

if TYPE_CHECKING:
    from integration.store.store import Store


def note_losses(store: "Store", percent: float) -> None:
    """Note which types the run took too much from, and which have got back what they had lost.

    Args:
        store: the graph that is being made; all types are published.
        percent: of a type's records, that it may lose at once.
    """
    for name, (before, lost) in store.losses(LEAST).items():
        if is_mass(before, lost, percent):
            store.withhold(name, before)
    for name, before in store.withheld().items():
        if store.count_of(name) >= before * (1 - percent / 100):
            store.withhold(name, None)


def withhold(store: "Store", *, allow: bool) -> Mapping[str, str]:
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
            reasons[name] = f"{gone}: destinations keep them {UNTIL}"
    return reasons
