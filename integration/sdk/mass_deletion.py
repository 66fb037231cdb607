"""When deletions are too many to be right, and who watches over a destination for that.

A tenant that is half empty is more often a mistake (of an administrator, of a filter, of Graph) than the truth, and
what a destination deletes takes its history along.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

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
        moved: how many records of types are of another one now, which replaces them.
        withheld: what the destination would lose, or why that is not known, by type.
    """

    percent: float
    allow: bool = False
    moved: Mapping[str, int] = field(default_factory=dict)
    withheld: dict[str, str] = field(default_factory=dict)

    def may_delete(self, type: str, held: int, gone: int) -> bool:
        """Tell whether so many of the records of a type may go, and note it where they may not."""
        if self.allow or not is_mass(held, gone - self.moved.get(type, 0), self.percent):
            return True
        self.withhold(type, f"would lose {gone:,} of {held:,} records")
        return False

    def withhold(self, type: str, reason: str) -> None:
        """Note what the destination would lose, or why that is not known."""
        self.withheld[type] = reason
