"""The names of a tenant's objects in a store; what else lies among them is nobody's business."""

import re
from collections.abc import Iterable, Iterator

from integration.fleet.standing import Claim
from integration.fleet.store import Listed

_GENERATION = re.compile(r"generations/(\d+)\.json")
_CLAIM = re.compile(r"claims/(\d+)\.(\d+)\.json")
_BLOB = re.compile(r"blobs/((\d+)\.\d+/\d+)")


class TenantObjects:
    """Paths of a tenant's objects, and what a list of such says.

    Args:
        tenant: its name.
    """

    def __init__(self, tenant: str) -> None:
        self._tenant = tenant

    def claim(self, claim: Claim) -> str:
        """Return the path of a claim."""
        return f"{self._tenant}/claims/{claim.name}.json"

    def generation(self, number: int) -> str:
        """Return the path of a generation."""
        return f"{self._tenant}/generations/{number:08}.json"

    def blob(self, name: str) -> str:
        """Return the path of a blob."""
        return f"{self._tenant}/blobs/{name}"

    def newest(self, listed: Iterable[Listed]) -> int:
        """Return the number of the newest generation; 0 where there is none."""
        return max((number for number, _ in self.generations(listed)), default=0)

    def generations(self, listed: Iterable[Listed]) -> list[tuple[int, Listed]]:
        """Return generations by their numbers."""
        return [(int(found[1]), each) for found, each in self._named(_GENERATION, listed)]

    def claims(self, listed: Iterable[Listed], number: int) -> dict[int, Listed]:
        """Return the claims on a generation by their fencing numbers."""
        return {fence: each for of, fence, each in self.all_claims(listed) if of == number}

    def all_claims(self, listed: Iterable[Listed]) -> list[tuple[int, int, Listed]]:
        """Return claims by the number of the generation and their fencing numbers."""
        return [(int(found[1]), int(found[2]), each) for found, each in self._named(_CLAIM, listed)]

    def blobs(self, listed: Iterable[Listed]) -> list[tuple[int, str, Listed]]:
        """Return blobs by the number of the generation that they were made for, and their names."""
        return [(int(found[2]), found[1], each) for found, each in self._named(_BLOB, listed)]

    def _named(self, form: re.Pattern[str], listed: Iterable[Listed]) -> Iterator[tuple[re.Match[str], Listed]]:
        for each in listed:
            if found := form.fullmatch(each.path.removeprefix(f"{self._tenant}/")):
                yield found, each
