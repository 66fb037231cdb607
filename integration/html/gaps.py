"""What a graph lacks, each reason once, with all types that it concerns."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from integration.html.completeness import Outcome
from integration.terminal.remarks import causes_among


@dataclass(frozen=True)
class Gap:
    """Types that are not complete for one reason.

    Attributes:
        outcomes: what the last run says of each.
        also: types that were not read because one of these was not.
    """

    outcomes: tuple[Outcome, ...]
    also: tuple[str, ...]

    @property
    def first(self) -> Outcome:
        """That of which the others say the same."""
        return self.outcomes[0]

    @property
    def names(self) -> list[str]:
        """The types."""
        return [each.name for each in self.outcomes]

    @property
    def count(self) -> int:
        """How many records the graph holds of them."""
        return sum(each.count for each in self.outcomes)


def gaps(found: Sequence[Outcome], needs: Mapping[str, Sequence[str]]) -> list[Gap]:
    """Return reasons why types are not complete, those that concern most types last.

    Args:
        found: what the last run says of these types.
        needs: what each type needs; none of one that no installed step declares.
    """
    unread = {each.name for each in found if each.verdict != "partial"}
    fallen = {name: of for name, of in causes_among({**dict.fromkeys(unread, ()), **needs}, unread).items() if of}
    said: defaultdict[tuple[str, ...], list[Outcome]] = defaultdict(list)
    for each in found:
        if each.name not in fallen or each.verdict == "partial":
            said[each.verdict, each.reason, each.remedy, *each.notes].append(each)
    together = (
        Gap(
            tuple(outcomes),
            tuple(name for name in sorted(unread & fallen.keys()) if not fallen[name].isdisjoint(names)),
        )
        for outcomes in said.values()
        for names in [{each.name for each in outcomes}]
    )
    return sorted(together, key=lambda gap: len(gap.outcomes) + len(gap.also))
