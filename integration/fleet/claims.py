"""Who may work on a tenant, and which state of it is the newest: a protocol whose steps are calls of the store.

::

    <tenant>/claims/<g>.<k>.json     who works on generation g; k is a fencing number
    <tenant>/generations/<g>.json    what generation g consists of, and what became of the run that made it
    <tenant>/blobs/<g>.<k>/<n>       parts of it, written under one claim

Generations and blobs never change. Whoever creates a generation has committed it, and of those who try one does. A
claim with a higher fencing number takes the place of a lower one: who holds that one notices before it commits, and
where it does not, one of the two generations is not created. A crash between any two calls leaves the state of before.
"""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import orjson

from integration.errors import FolderInUse, OutputError
from integration.fleet.objects import TenantObjects
from integration.fleet.standing import NOTHING, Claim, Generation, LaterFormat, Stand
from integration.fleet.store import Listed, ObjectStore

_STALE = timedelta(minutes=2)
"""A claim of another run that was not renewed for so long holds nobody off."""
_FORGETS = "integration fleet forget"


class Fenced(FolderInUse):
    """Somebody else has taken over the tenant, or has committed its next state."""


class Claims:
    """The claims and generations of one tenant.

    Args:
        store: keeps them.
        tenant: its name.
    """

    def __init__(self, store: ObjectStore, tenant: str) -> None:
        self._store, self.tenant, self._objects = store, tenant, TenantObjects(tenant)

    def look(self, run: str) -> Stand:
        """Return how a tenant stands.

        Args:
            run: id of the fleet's run that wants it.

        Raises:
            FolderInUse: its state changes at this moment.
            OutputError: its newest state is damaged.
        """
        listed = list(self._store.list(self.tenant))
        return self._stand(self._generation(self._objects.newest(listed)), run, listed)

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
        if not self._store.create(self._objects.claim(claim), self._said(run, who)):
            raise FolderInUse(f"{self.tenant}: another run has just begun it")
        return claim

    def renew(self, claim: Claim, run: str, who: str = "", *, closing: bool = False, free: bool = False) -> None:
        """Say that the work goes on, is about to end, or has ended without a state, so that others may begin at once.

        Raises:
            Fenced: it has gone on elsewhere.
        """
        self.check(claim)
        self._store.put(self._objects.claim(claim), self._said(run, who, closing=closing, free=free))

    def check(self, claim: Claim) -> None:
        """See whether the work has gone on elsewhere, or what it rests on is there no more.

        Raises:
            Fenced: so it is.
        """
        self._checked(claim)

    def commit(self, claim: Claim, generation: Generation) -> None:
        """Make a generation, the blobs of which are there.

        Raises:
            Fenced: the work has gone on elsewhere; nothing was made that anybody sees.
            OutputError: somebody has removed some of its blobs.
        """
        listed = self._checked(claim)
        if gone := generation.blobs - {name for _, name, _ in self._objects.blobs(listed)}:
            raise self._damaged(f"the blob {min(gone)} is gone")
        path = self._objects.generation(claim.number)
        if not self._store.create(path, generation.as_json()):
            raise Fenced(f"{self.tenant}: another worker has committed its state")
        newest = self._objects.newest(self._store.list(f"{self.tenant}/generations"))
        if newest > claim.number:  # so late that this number had been cleaned away
            raise Fenced(f"{self.tenant}: another worker has committed later states")

    def go_on(self, claim: Claim, generation: Generation, run: str, who: str = "") -> Claim:
        """Make a generation, and have the right to make the one after it.

        Raises:
            Fenced: the work has gone on elsewhere.
        """
        later = self._objects.claims(self._store.list(self.tenant), claim.number + 1)
        following = Claim(generation, claim.number + 1, max(later, default=0) + 1)
        if not self._store.create(self._objects.claim(following), self._said(run, who)):
            raise Fenced(f"{self.tenant}: another worker goes on with it")
        self.commit(claim, generation)
        return following

    def clean(self, newest: Generation, before: Generation) -> None:
        """Remove what neither of the last two generations needs, nor anybody who works on a later one."""
        listed = list(self._store.list(self.tenant))
        kept = newest.blobs | before.blobs
        old = [each.path for number, each in self._objects.generations(listed) if number < before.number]
        old += [each.path for number, _, each in self._objects.all_claims(listed) if number <= newest.number]
        old += [
            each.path
            for number, name, each in self._objects.blobs(listed)
            if name not in kept and number <= newest.number
        ]
        self._store.delete(old)

    def forget(self) -> bool:
        """Remove all that is kept of the tenant, damaged or not, and tell whether there was anything.

        Raises:
            FolderInUse: a run works on it.
        """
        listed = list(self._store.list(self.tenant))
        if not listed:
            return False
        standing = self._stand(replace(NOTHING, number=self._objects.newest(listed)), _FORGETS, listed)
        if standing.busy:
            raise FolderInUse(f"{self.tenant}: a run works on it: {standing.holder or 'it does not say which'}")
        self.take(standing, _FORGETS)  # who looked before, and begins now, is fenced, since the generations go first
        self._store.delete([each.path for _, each in self._objects.generations(listed)])
        self._store.delete([each.path for each in self._store.list(self.tenant)])
        return True

    def newest(self) -> Generation:
        """Return the newest generation; one with the number 0 where there is none.

        Raises:
            FolderInUse: it changes at this moment.
            OutputError: it is damaged.
        """
        return self._generation(self._objects.newest(self._store.list(f"{self.tenant}/generations")))

    def blob(self, base: Generation, name: str) -> bytes:
        """Return a part of the newest generation.

        Raises:
            Fenced: there is a newer one.
            OutputError: somebody has removed it.
        """
        data = self._store.get(self._objects.blob(name))
        if data is not None:
            return data
        if self._objects.newest(self._store.list(f"{self.tenant}/generations")) != base.number:
            raise Fenced(f"{self.tenant}: its state has changed meanwhile: try again")
        raise self._damaged(f"the blob {name} is gone")

    def _stand(self, base: Generation, run: str, listed: Sequence[Listed]) -> Stand:
        held = self._objects.claims(listed, base.number + 1)
        if not held:
            return Stand(base, run)
        holder = held[max(held)]
        content = self._content(holder.path)
        free = content.get("run") == run or bool(content.get("free")) or self._is_stale(holder)
        return Stand(base, run, max(held), content.get("run", ""), bool(content.get("closing")), busy=not free)

    def _checked(self, claim: Claim) -> list[Listed]:
        """Return what there is of the tenant, where the claim stands."""
        listed = list(self._store.list(self.tenant))
        if (
            max(self._objects.claims(listed, claim.number), default=0) != claim.fence
            or self._objects.newest(listed) != claim.base.number
        ):
            raise Fenced(f"{self.tenant}: it was taken over by another worker, or forgotten")
        return listed

    def _generation(self, number: int) -> Generation:
        if not number:
            return NOTHING
        data = self._store.get(self._objects.generation(number))
        if data is None:
            raise FolderInUse(f"{self.tenant}: another run changes its state at this moment")
        try:
            return Generation.from_json(data)
        except LaterFormat:
            told = "a later version of this product has written what the store keeps of it: use that one"
            raise OutputError(f"{self.tenant}: {told}") from None
        except ValueError:
            raise self._damaged(f"generation {number}") from None

    def _damaged(self, what: str) -> OutputError:
        remedy = f"integration fleet forget {self.tenant}, and it is read anew"
        return OutputError(f"{self.tenant}: what the store keeps of it is damaged ({what}): {remedy}")

    def _is_stale(self, claim: Listed) -> bool:
        """Tell whether a claim was not renewed for long, by the store's own clock, for which something is written."""
        path = f"{self.tenant}/clock"
        self._store.put(path, b"")
        now = next((each.modified for each in self._store.list(self.tenant) if each.path == path), claim.modified)
        return now - claim.modified > _STALE

    def _content(self, path: str) -> Mapping[str, Any]:
        data = self._store.get(path)
        try:
            found = orjson.loads(data or b"{}")
        except orjson.JSONDecodeError:
            found = None
        return found if isinstance(found, dict) else {}  # of a damaged claim only its age counts

    def _said(self, run: str, who: str, *, closing: bool = False, free: bool = False) -> bytes:
        said = {"run": run, "who": who, "closing": closing, "free": free}
        return orjson.dumps({**said, "only": secrets.token_hex(8)})  # so that whoever creates it knows it again
