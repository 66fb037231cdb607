"""A tenant's state on the disk of the worker that has claimed it: fetched, worked on, and kept again."""

import sqlite3
import time
from collections.abc import Callable, Mapping
from contextlib import closing, suppress
from functools import partial
from pathlib import Path
from typing import Any

from integration.errors import FolderInUse, OutputError
from integration.fleet.claims import Claims
from integration.fleet.objects import TenantObjects
from integration.fleet.pages import Paged, keep_pages, restore
from integration.fleet.standing import Claim, Generation
from integration.fleet.store import ObjectStore
from integration.mirror.tables import seal

_GRAPH, _MIRROR, _SUMMARY = "graph.db", "mirror.db", "summary.json"
_FILES = (_GRAPH, _MIRROR, _SUMMARY)
_CHECKPOINT = "checkpoint.db"
_OLD = 86_400.0
"""Seconds: a read is gone on with for a day alone, so that an older checkpoint is as good as none."""


class WorkCopy:
    """A tenant's files in a folder of this worker, under a claim.

    Args:
        store: keeps the state.
        claims: of the tenant.
        claim: the right to make its next generation.
        folder: empty.
        run: id of the fleet's run.
        who: the worker, for people.
        renew_every: seconds after which the claim is renewed while files are fetched or kept.
        renewed: called whenever the claim stands.

    Attributes:
        claim: the right to make the generation after the last checkpoint.
        folder: as given.
    """

    def __init__(
        self,
        store: ObjectStore,
        claims: Claims,
        claim: Claim,
        folder: Path,
        run: str,
        who: str,
        renew_every: float,
        renewed: Callable[[], None] = lambda: None,
    ) -> None:
        self._store, self._claims, self.claim, self.folder = store, claims, claim, folder
        self._run, self._who = run, who
        self._renew_every, self._renewed, self._renewed_on = renew_every, renewed, time.monotonic()
        self._files: dict[str, Paged] = {}
        self._blobs, self._committed = 0, False

    @property
    def hashes(self) -> Mapping[str, bytes]:
        """The hashes of the pages of each file, as it was kept last."""
        return {name: file.hashes for name, file in self._files.items()}

    def pull(self, there: Mapping[str, bytes]) -> None:
        """Fetch the files.

        Args:
            there: hashes of the pages of those that are there, as their generation has them.

        Raises:
            OutputError: the store failed, or a blob is damaged or gone.
            Fenced: the work has gone on elsewhere.
        """
        base = self.claim.base
        for name, kept in base.files.items():
            if name == _MIRROR and not base.whole and time.time() - base.made_on / 1000 > _OLD:
                continue
            path = self.folder / name
            if name in there:
                self._files[name] = Paged(there[name], kept)
                continue
            path.unlink(missing_ok=True)
            self._files[name] = restore(path, kept, partial(self._fetch, base))
            if name == _MIRROR:
                seal(path)

    def push(self, outcome: Mapping[str, Any]) -> Generation:
        """Keep the files, and what became of the run, as the next generation, and return that.

        Raises:
            OutputError: the store failed.
            Fenced: the work has gone on elsewhere; what this worker did is of no account.
        """
        before = self.claim.base
        there = [name for name in _FILES if (self.folder / name).is_file()]
        made = self._generation({name: self._kept(name, self.folder / name) for name in there}, outcome)
        self._claims.commit(self.claim, made)
        self._committed = True
        with suppress(OutputError):  # the next run cleans up
            self._claims.clean(made, before)
        return made

    def renew(self) -> None:
        """Say that the work goes on; raises as ``Claims.renew`` does."""
        self._claims.renew(self.claim, self._run, self._who)
        self._stands()

    def release(self) -> None:
        """Say that nothing will come of the claim, unless something did."""
        if self._committed:
            return
        with suppress(FolderInUse, OutputError):
            self._claims.renew(self.claim, self._run, self._who, free=True)

    def checkpoint(self, *, closing_down: bool = False) -> None:
        """Keep the mirror as it is now, in the middle of a read, so that another worker could go on from there.

        Args:
            closing_down: the run has ended, and nothing more will come.

        Raises:
            OutputError: the store failed.
            Fenced: the work has gone on elsewhere.
        """
        mirror, copy = self.folder / _MIRROR, self.folder / _CHECKPOINT
        if closing_down:
            self._claims.renew(self.claim, self._run, self._who, closing=True)
        if not mirror.is_file():
            return
        try:
            opened = sqlite3.connect(f"file:{mirror}?mode=ro", uri=True)
            with closing(opened) as old, closing(sqlite3.connect(copy)) as new:
                old.backup(new)  # at once: in steps it would begin anew with each page that the read writes meanwhile
            kept = self._kept(_MIRROR, copy)
        except sqlite3.Error as error:
            raise OutputError(f"{mirror}: no checkpoint could be made: {error}") from None
        finally:
            copy.unlink(missing_ok=True)
        made = self._generation({**self.claim.base.files, _MIRROR: kept}, None)
        if closing_down:
            self._claims.commit(self.claim, made)
            self._committed = True
        else:
            self.claim = self._claims.go_on(self.claim, made, self._run, self._who)
            self._blobs = 0
            self._stands()

    def _generation(self, files: Mapping[str, Any], outcome: Mapping[str, Any] | None) -> Generation:
        return Generation(
            number=self.claim.number,
            run=self._run,
            whole=outcome is not None,
            outcome=outcome or {},
            files=files,
            made_on=round(time.time() * 1000),
        )

    def _kept(self, name: str, path: Path) -> Mapping[str, Any]:
        """Keep a file, and return what it consists of."""
        self._files[name] = keep_pages(path, self._files.get(name), self._put)
        return self._files[name].kept

    def _fetch(self, base: Generation, name: str) -> bytes:
        self._stay()
        return self._claims.blob(base, name)

    def _put(self, data: bytes) -> str:
        self._stay()
        name = f"{self.claim.name}/{self._blobs:06}"
        self._blobs += 1
        self._store.put(TenantObjects(self._claims.tenant).blob(name), data)
        return name

    def _stay(self) -> None:
        """Renew the claim where that is due: to send or to fetch a large file takes longer than a claim lasts."""
        if time.monotonic() - self._renewed_on >= self._renew_every:
            self.renew()

    def _stands(self) -> None:
        self._renewed_on = time.monotonic()
        self._renewed()
