"""Files and folders that a run writes."""

import errno
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import orjson
from filelock import FileLock, Timeout

from integration.errors import FolderInUse, OutputError

_REMEDIES = {
    errno.ENOENT: "make its folder first",
    errno.EISDIR: "remove that folder",
    errno.ENOSPC: "make room there",
    errno.EDQUOT: "make room there",
    errno.EACCES: "make it writable",
    errno.EPERM: "make it writable",
    errno.EROFS: "make it writable",
}


def remedy_for(error: OSError) -> str:
    """Return what to do about a file that cannot be written."""
    return _REMEDIES.get(error.errno or 0, "look after the disk and the limits on it")


def usable_folder(folder: Path) -> Path:
    """Make the folder where it is missing, and return it.

    Raises:
        OutputError: it cannot be made or written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"{folder}: cannot be made: {error.strerror}; choose another folder") from None
    if not os.access(folder, os.W_OK | os.X_OK):
        raise OutputError(f"{folder}: not writable; choose another folder")
    return folder


def result_folder(folder: Path) -> Path:
    """Make a run's folder where it is missing, with a note to Git to leave it out: it holds a tenant's data.

    Raises:
        OutputError: it cannot be made or written.
    """
    is_new = not os.path.exists(folder)  # noqa: PTH110 - Path's raises where the name is too long
    usable_folder(folder)
    if is_new:
        note = folder / ".gitignore"
        try:
            write_new(note, [b"*\n"])
        except FileExistsError:
            pass  # another run has just made the folder, too
        except OSError as error:
            raise OutputError(f"{note}: cannot be written: {error.strerror}: {remedy_for(error)}") from None
    return folder


@contextmanager
def locked(folder: Path, by: Path | None = None) -> Iterator[None]:
    """Keep other runs off the folder.

    Args:
        folder: what nobody else may use meanwhile.
        by: the file that says so; ``.lock`` in the folder where ``None``.

    Raises:
        FolderInUse: another run is using it.
        OutputError: it cannot be written.
    """
    path = by or folder / ".lock"
    lock = FileLock(path)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise FolderInUse(f"{folder}: another run is using it: wait for it, or choose another folder") from None
    except OSError as error:
        raise OutputError(f"{path}: {error.strerror}: {remedy_for(error)}, or choose another folder") from None
    try:
        yield
    finally:
        lock.release()


def write_file(path: Path, pieces: Iterable[bytes]) -> None:
    """Replace a file as a whole: a reader sees the old one or the new one.

    Raises:
        OSError: it cannot be written; or it is no file, such as a pipe or a device, whose place nothing may take.
    """
    if path.exists() and not (path.is_file() or path.is_dir()):
        raise OSError(errno.EINVAL, "it is there, and no file")
    with beside(path) as partial:
        write_new(partial, pieces)
        partial.replace(path)


@contextmanager
def beside(path: Path) -> Iterator[Path]:
    """Yield the name of a file that is to take another one's place; what is left of it at the end goes.

    Raises:
        OSError: one that is left of an earlier run cannot be removed.
    """
    partial = path.with_name(f"{path.name}.partial")
    partial.unlink(missing_ok=True)
    try:
        yield partial
    finally:
        partial.unlink(missing_ok=True)


def write_new(path: Path, pieces: Iterable[bytes]) -> None:
    """Write a file that is not there; a link that somebody has put in its place is not followed.

    Raises:
        OSError: it is there, or cannot be written.
    """
    with path.open("xb") as file:
        file.writelines(pieces)


def write_json(path: Path, document: Any) -> None:
    """Replace a JSON file.

    Raises:
        OutputError: it cannot be written.
    """
    write_text(path, orjson.dumps(document, option=orjson.OPT_INDENT_2).decode() + "\n")


def write_text(path: Path, text: str) -> None:
    """Replace a text file.

    Raises:
        OutputError: it cannot be written.
    """
    try:
        write_file(path, [text.encode()])
    except OSError as error:
        raise OutputError(f"{path}: cannot be written: {error.strerror}: {remedy_for(error)}") from None
