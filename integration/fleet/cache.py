"""Tenants that a worker has read last, on its disk: where nobody has read them since, nothing of them is fetched."""

import shutil
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

_HASHES = ".hashes"


class Cache:
    """Folders of tenants as they were kept; one of a generation is had by one at a time.

    Args:
        root: the folder of all.
        limit: bytes that they may take together; the oldest go first.
    """

    def __init__(self, root: Path, limit: int) -> None:
        self._root, self._limit = root, limit

    def take(self, tenant: str, generation: int, into: Path) -> Mapping[str, bytes]:
        """Move what is there of a tenant's generation to a folder that is not there yet.

        Returns:
            The hashes of the pages of each file; nothing where the generation is not there.
        """
        try:
            self._folder(tenant, generation).rename(into)
        except OSError:
            return {}
        found = {}
        for path in into.glob(f"*{_HASHES}"):
            found[path.name.removesuffix(_HASHES)] = path.read_bytes()
            path.unlink()
        return found

    def keep(self, tenant: str, generation: int, folder: Path, hashes: Mapping[str, bytes]) -> None:
        """Move a folder here, unless that fails; older generations of the tenant go, and the oldest of others.

        Args:
            tenant: whose it is.
            generation: as which its files were kept.
            folder: the folder.
            hashes: of the pages of each of its files.
        """
        with suppress(OSError):
            for name, each in hashes.items():
                (folder / f"{name}{_HASHES}").write_bytes(each)
            for old in self._root.glob(f"{tenant}@*"):
                shutil.rmtree(old, ignore_errors=True)
            folder.rename(self._folder(tenant, generation))
            self._shrink()

    def _folder(self, tenant: str, generation: int) -> Path:
        return self._root / f"{tenant}@{generation}"

    def _shrink(self) -> None:
        folders = sorted(self._root.glob("*@*"), key=lambda folder: folder.stat().st_mtime, reverse=True)
        left = self._limit
        for folder in folders:
            left -= sum(path.stat().st_size for path in folder.iterdir())
            if left < 0:
                shutil.rmtree(folder, ignore_errors=True)
