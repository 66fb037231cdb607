"""Who may work on a tenant, and which state of it is the newest: a protocol whose steps are calls of the store.

::

    <tenant>/claims/<g>.<k>.json     who works on generation g; k is a fencing number
    <tenant>/generations/<g>.json    what generation g consists of, and what became of the run that made it
    <tenant>/blobs/<g>.<k>/<n>       parts of it, written under one claim

Generations and blobs never change. Whoever creates a generation has committed it, and of those who try one does. A
claim with a higher fencing number takes the place of a lower one: who holds that one notices before it commits, and
where it does not, one of the two generations is not created. A crash between any two calls leaves the state of before.
"""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

import orjson

from integration.errors import FolderInUse
from integration.fleet.standing import NOTHING, Claim, Generation, Stand
from integration.fleet.store import Listed, ObjectStore

_STALE = timedelta(minutes=2)
"""A claim of another run that was not renewed for so long holds nobody off."""


class Fenced(FolderInUse):
    """Somebody else has taken over the tenant, or has committed its next state."""


class Claims:
    """The claims and generations of one tenant.

    Args:
        store: keeps them.
        tenant: its name.
    """

    def __init__(self, store: ObjectStore, tenant: str) -> None:
        self._store, self.tenant = store, tenant

    def look(self, run: str) -> Stand:
        """Return how a tenant stands.

        Args:
            run: id of the fleet's run that wants it.

        Raises:
            FolderInUse: its state changes at this moment.
        """
        listed = list(self._store.list(self.tenant))
        newest = max(self._generations(listed), default=0)
        base = self._generation(newest)
        if base is None:
            raise FolderInUse(f"{self.tenant}: another run changes its state at this moment")
        held = {fence: each for number, fence, each in self._claims(listed) if number == newest + 1}
        if not held:
            return Stand(base, run)
        holder = held[max(held)]
        content = self._content(holder.path)
        free = content.get("run") == run or bool(content.get("free")) or self._is_stale(holder)
        return Stand(base, run, max(held), content.get("run", ""), bool(content.get("closing")), busy=not free)

    def take(self, standing: Stand, run: str, who: str = "") -> Claim:
        """Have the right to make the next generation.

        Args:
            standing: how the tenant stood a moment ago.
            run: id of the fleet's run.
            who: the worker, for people.

        Raises:
            FolderInUse: another run works on the tenant, or somebody was faster.
        """
        if standing.busy:
            raise FolderInUse(f"{self.tenant}: another run works on it: {standing.holder or 'it does not say which'}")
        claim = Claim(standing.base, standing.base.number + 1, standing.fence + 1)
        if not self._store.create(self._path(claim), self._said(run, who)):
            raise FolderInUse(f"{self.tenant}: another run has just begun it")
        return claim

    def renew(self, claim: Claim, run: str, who: str = "", *, closing: bool = False, free: bool = False) -> None:
        """Say that the work goes on, is about to end, or has ended without a state, so that others may begin at once.

        Raises:
            Fenced: it has gone on elsewhere.
        """
        self.check(claim)
        self._store.put(self._path(claim), self._said(run, who, closing=closing, free=free))

    def check(self, claim: Claim) -> None:
        """See whether the work has gone on elsewhere.

        Raises:
            Fenced: it has.
        """
        listed = list(self._store.list(self.tenant))
        higher = any(number == claim.number and fence > claim.fence for number, fence, _ in self._claims(listed))
        if higher or max(self._generations(listed), default=0) >= claim.number:
            raise Fenced(f"{self.tenant}: it was taken over by another worker")

    def commit(self, claim: Claim, generation: Generation) -> None:
        """Make a generation, the blobs of which are there.

        Raises:
            Fenced: the work has gone on elsewhere; nothing was made that anybody sees.
        """
        self.check(claim)
        path = self._generation_path(claim.number)
        if not self._store.create(path, generation.as_json()):
            raise Fenced(f"{self.tenant}: another worker has committed its state")
        newest = max(self._generations(self._store.list(f"{self.tenant}/generations")), default=0)
        if newest > claim.number:  # so late that this number had been cleaned away
            raise Fenced(f"{self.tenant}: another worker has committed later states")

    def go_on(self, claim: Claim, generation: Generation, run: str, who: str = "") -> Claim:
        """Make a generation, and have the right to make the one after it.

        Raises:
            Fenced: the work has gone on elsewhere.
        """
        later = [
            fence for number, fence, _ in self._claims(self._store.list(self.tenant)) if number == claim.number + 1
        ]
        following = Claim(generation, claim.number + 1, max(later, default=0) + 1)
        if not self._store.create(self._path(following), self._said(run, who)):
            raise Fenced(f"{self.tenant}: another worker goes on with it")
        self.commit(claim, generation)
        return following

    def clean(self, newest: Generation, before: Generation) -> None:
        """Remove what neither of the last two generations needs, nor anybody who works on a later one."""
        listed = list(self._store.list(self.tenant))
        kept = newest.blobs | before.blobs
        old = [self._generation_path(each) for each in self._generations(listed) if each < before.number]
        old += [each.path for number, _, each in self._claims(listed) if number <= newest.number]
        blobs = f"{self.tenant}/blobs/"
        for each in listed:
            name = each.path.removeprefix(blobs)
            if name != each.path and name not in kept and _number(name) <= newest.number:
                old.append(each.path)
        self._store.delete(old)

    def newest(self) -> Generation:
        """Return the newest generation; one with the number 0 where there is none."""
        found = self._generation(max(self._generations(self._store.list(f"{self.tenant}/generations")), default=0))
        return found or NOTHING

    def _generation(self, number: int) -> Generation | None:
        data = self._store.get(self._generation_path(number)) if number else b""
        return Generation(**orjson.loads(data)) if data else (NOTHING if data == b"" else None)

    def _generations(self, listed: Iterable[Listed]) -> list[int]:
        start = f"{self.tenant}/generations/"
        return [_number(each.path.removeprefix(start)) for each in listed if each.path.startswith(start)]

    def _claims(self, listed: Iterable[Listed]) -> list[tuple[int, int, Listed]]:
        start = f"{self.tenant}/claims/"
        names = ((each.path.removeprefix(start).split("."), each) for each in listed if each.path.startswith(start))
        return [(int(name[0]), int(name[1]), each) for name, each in names]

    def _is_stale(self, claim: Listed) -> bool:
        """Tell whether a claim was not renewed for long, by the store's own clock, for which something is written."""
        path = f"{self.tenant}/clock"
        self._store.put(path, b"")
        now = next((each.modified for each in self._store.list(self.tenant) if each.path == path), claim.modified)
        return now - claim.modified > _STALE

    def _content(self, path: str) -> Mapping[str, Any]:
        data = self._store.get(path)
        found: Mapping[str, Any] = orjson.loads(data) if data else {}
        return found

    def _said(self, run: str, who: str, *, closing: bool = False, free: bool = False) -> bytes:
        return orjson.dumps({"run": run, "who": who, "closing": closing, "free": free})

    def _path(self, claim: Claim) -> str:
        return f"{self.tenant}/claims/{claim.name}.json"

    def _generation_path(self, number: int) -> str:
        return f"{self.tenant}/generations/{number:08}.json"


def _number(name: str) -> int:
    return int(name.partition(".")[0])
