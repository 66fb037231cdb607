"""Mass deletions: what would go from a destination at once is kept there until somebody says that it is right.

A tenant that is half empty is more often a mistake (of an administrator, of a filter, of Graph) than the truth, and
what a destination deletes takes its history along. Two things are compared: the graph with the run before, and what is
to be deleted with what the destination holds, since a graph in a new folder has no run before.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from integration.store import Store

LEAST = 50
"""A loss of fewer records is never a mass deletion."""
UNTIL = "until --allow-mass-delete says that this is right"


def is_mass(held: int, gone: int, percent: float) -> bool:
    """Tell whether it is a mass deletion when so many of the records of a type go; with NaN percent, any such is."""
    return gone >= LEAST and not gone <= held * percent / 100


@dataclass
class Guard:
    """Watches over one destination, which asks it before it deletes.

    Attributes:
        percent: of a type's records, that may go at once.
        allow: every deletion is right.
        withheld: what the destination would lose, or why that is not known, by type.
    """

    percent: float
    allow: bool = False
    withheld: dict[str, str] = field(default_factory=dict)

    def may_delete(self, type: str, held: int, gone: int) -> bool:
        """Tell whether so many of the records of a type may go, and note it where they may not."""
        if self.allow or not is_mass(held, gone, self.percent):
            return True
        self.withhold(type, f"would lose {gone:,} of {held:,} records")
        return False

    def withhold(self, type: str, reason: str) -> None:
        """Note what the destination would lose, or why that is not known."""
        self.withheld[type] = reason


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
