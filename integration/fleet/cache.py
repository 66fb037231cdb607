"""Tenants that a worker has read last, on its disk: where nobody has read them since, nothing of them is fetched."""

import os
import shutil
import threading
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

_HASHES = ".hashes"


class Cache:
    """Folders of tenants as they were kept; one of a generation is had by one at a time.

    What is there is looked at once, and then known: a worker of a thousand tenants would else look at all of their
    files for each of them.

    Args:
        root: the folder of all, which nobody else writes to.
        limit: bytes that they may take together; the oldest go first.
    """

    def __init__(self, root: Path, limit: int) -> None:
        self._root, self._limit = root, limit
        self._lock = threading.Lock()
        self._kept: dict[str, tuple[Path, int]] = {}
        self._size = 0
        for folder in sorted(root.glob("*@*"), key=lambda folder: folder.stat().st_mtime):
            self._add(folder.name.rpartition("@")[0], folder)

    def take(self, tenant: str, generation: str, into: Path) -> Mapping[str, bytes]:
        """Move what is there of a tenant's generation to a folder that is not there yet.

        Args:
            tenant: whose it is.
            generation: its name.
            into: the folder.

        Returns:
            The hashes of the pages of each file; nothing where the generation is not there.
        """
        folder = self._folder(tenant, generation)
        with self._lock:
            if self._kept.get(tenant, (None,))[0] != folder:
                return {}
            self._size -= self._kept.pop(tenant)[1]
        try:
            folder.rename(into)
        except OSError:
            return {}
        found = {}
        for path in into.glob(f"*{_HASHES}"):
            found[path.name.removesuffix(_HASHES)] = path.read_bytes()
            path.unlink()
        return found

    def keep(self, tenant: str, generation: str, folder: Path, hashes: Mapping[str, bytes]) -> None:
        """Move a folder here, unless that fails; older generations of the tenant go, and the oldest of others.

        Args:
            tenant: whose it is.
            generation: name of the one as which its files were kept.
            folder: the folder.
            hashes: of the pages of each of its files.
        """
        with suppress(OSError):
            for name, each in hashes.items():
                (folder / f"{name}{_HASHES}").write_bytes(each)
            with self._lock:
                self._drop(tenant)
                self._add(tenant, folder.rename(self._folder(tenant, generation)))
                while self._size > self._limit:
                    self._drop(next(iter(self._kept)))

    def _folder(self, tenant: str, generation: str) -> Path:
        return self._root / f"{tenant}@{generation}"

    def _add(self, tenant: str, folder: Path) -> None:
        self._drop(tenant)
        size = sum(file.stat().st_size for file in os.scandir(folder))
        self._kept[tenant] = folder, size
        self._size += size

    def _drop(self, tenant: str) -> None:
        folder, size = self._kept.pop(tenant, (None, 0))
        self._size -= size
        if folder:
            shutil.rmtree(folder, ignore_errors=True)
