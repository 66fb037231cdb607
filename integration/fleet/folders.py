"""The state of tenants in folders of this machine, where runs work in place: nothing is copied."""

import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from integration.ask.query import read_graph
from integration.disk.folder import beside, locked, result_folder, usable_folder, write_json
from integration.errors import FolderInUse, Interrupted, OutputError, QueryError
from integration.fleet.document import understood, written
from integration.fleet.ending import TenantStop
from integration.fleet.outcomes import TenantOutcome
from integration.fleet.tenants import FLEET

_OUTCOME = "outcome.json"
GRAPH = "graph.db"
_PULLED = (GRAPH, "mirror.db")
_PATIENCE = 20.0
"""Seconds for which a tenant is waited for that the same run began before, in a process that is about to end."""
_LOOKS = 0.2


@dataclass
class InFolder:
    """A tenant whose folder is there to work in.

    Attributes:
        folder: where it is.
        done: what became of the tenant, where the same run has read it already.
        keep: called with what became of it.
    """

    folder: Path
    done: TenantOutcome | None
    keep: Callable[[TenantOutcome], None]


class Folders:
    """A folder for each tenant, in one of this machine.

    Args:
        root: the folder of all.
    """

    def __init__(self, root: Path) -> None:
        self._root = root

    @contextmanager
    def held(self, tenant: str, run: str, stop: TenantStop) -> Iterator[InFolder]:
        """Have a tenant's folder to work in.

        Args:
            tenant: its name.
            run: the id of the fleet's run.
            stop: tells whether waiting is to end.

        Raises:
            FolderInUse: another run works in it.
            OutputError: it cannot be made.
        """
        usable_folder(self._root)
        folder = result_folder(self._root / tenant)
        _wait_for(folder, stop)
        path = folder / _OUTCOME
        found = _json(path)
        before = TenantOutcome.from_json(found) if found.get("run") == run else None
        done = before if before and before.is_done else None
        yield InFolder(folder, done, lambda outcome: write_json(path, outcome.as_json()))

    def told(self) -> Mapping[str, Any]:
        """Return what is known of all tenants; nothing where nothing is.

        Raises:
            OutputError: it cannot be read.
        """
        path = self._root / FLEET
        return understood(_read(path), str(path)) if path.exists() else {}

    def tell(self, told: Mapping[str, Any]) -> None:
        """Keep what is known of all tenants."""
        usable_folder(self._root)
        write_json(self._root / FLEET, written(told))

    def pull(self, tenant: str, into: Path) -> None:
        """Copy a tenant's graph, mirror and summary.

        Raises:
            OutputError: there is no graph, or a run works on it, or the copy cannot be written.
        """
        folder = self._there(tenant)
        with locked(folder):
            try:
                with read_graph(folder / GRAPH):
                    pass
            except QueryError as error:
                raise no_graph(tenant, f"{error}") from None
            result_folder(into)
            try:
                for name in filter(lambda name: (folder / name).is_file(), _PULLED):
                    _copy(folder / name, into / name)
                for name in ("summary.json", _OUTCOME):
                    if (folder / name).is_file():
                        shutil.copyfile(folder / name, into / name)
            except OSError as error:
                raise OutputError(f"{into}: cannot be written: {error.strerror}") from None

    def forget(self, tenant: str) -> bool:
        """Remove a tenant's folder, and tell whether there was one.

        Raises:
            FolderInUse: a run works on it.
            OutputError: it cannot be removed.
        """
        folder = self._root / tenant
        if not folder.is_dir():
            return False
        with locked(folder):
            try:
                shutil.rmtree(folder)
            except OSError as error:
                raise OutputError(f"{folder}: cannot be removed: {error.strerror}") from None
        return True

    def _there(self, tenant: str) -> Path:
        folder = self._root / tenant
        if not folder.is_dir():
            raise OutputError(f"{self._root}: nothing is kept of a tenant {tenant}")
        return folder


def no_graph(tenant: str, reason: str) -> OutputError:
    """Return the error where something is kept of a tenant, and no graph that can be read."""
    return OutputError(f"there is no graph of the tenant {tenant}: {reason} (integration fleet status tells more)")


def _copy(path: Path, into: Path) -> None:
    """Copy a file of SQLite, as a whole or not at all."""
    with beside(into) as partial:
        try:
            with closing(sqlite3.connect(path)) as old, closing(sqlite3.connect(partial)) as new:
                old.backup(new)
        except sqlite3.Error as error:
            raise OutputError(f"{path}: cannot be copied to {into}: {error}") from None
        partial.replace(into)


def _wait_for(folder: Path, stop: TenantStop) -> None:
    ends = time.monotonic() + _PATIENCE
    while True:
        try:
            with locked(folder):
                return
        except FolderInUse:
            if time.monotonic() > ends:
                raise
        if stop.wait(_LOOKS):
            raise Interrupted(stop.reason)


def _json(path: Path) -> Mapping[str, Any]:
    try:
        found = orjson.loads(_read(path)) if path.exists() else {}
    except orjson.JSONDecodeError:
        return {}  # it was cut short by a machine that went down; the next run writes it anew
    return found if isinstance(found, dict) else {}


def _read(path: Path) -> bytes:
    if path.is_fifo():
        raise OutputError(f"{path}: cannot be read: it is no file")  # nobody may ever write into it
    try:
        return path.read_bytes()
    except OSError as error:
        raise OutputError(f"{path}: cannot be read: {error.strerror}") from None
