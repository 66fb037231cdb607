"""The folder that JupiterOne's own tools read: what stands where in it, and how another one takes its place.

Source: JupiterOne integration SDK, FileSystemGraphObjectStore and the storage directory of its command line.
"""

import os
import shutil
import uuid
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Any

import orjson

from integration.errors import OutputError
from integration.sinks.merged import foreign_file
from integration.text.exact_json import exact_json

TOP = {"graph", "index", "summary.json"}
_PARTIAL = "summary.json.partial"
"""What a run leaves that is killed while it writes the summary."""
_TOOLS = {"index.html", "types-graph"}
"""What ``j1-integration visualize`` and ``visualize-types`` add; they make it anew."""
_KINDS = ("entities", "relationships")
_A_FILE = 500
_MORE = 16
_SPACE = uuid.UUID("6f0d2c5e-0f4b-5a53-9d5d-0d4bb6a2f9c1")


class Place:
    """A folder, and those beside it that it is exchanged with.

    Args:
        folder: its name.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder.resolve()
        self.new = self.folder.with_name(f".{self.folder.name}.new")
        self.old = self.folder.with_name(f".{self.folder.name}.old")
        self.lock = self.folder.with_name(f".{self.folder.name}.lock")

    def check(self) -> None:
        """Raise ``OutputError`` where one of the folders holds what this program has not put there."""
        for folder in (self.folder, self.old, self.new):
            strange = next(_strange(folder, is_whole=folder != self.new), None)
            if strange:
                raise OutputError(
                    f"{folder}: holds {strange}, so it is not a folder of JupiterOne's, which would be made anew:"
                    " choose another one, or move that away"
                )

    def mend(self) -> None:
        """Mend what a run left that was killed: the old folder comes back where the new one had not taken its place."""
        self.check()
        if self.old.exists() and not self.folder.exists():
            self.old.rename(self.folder)
        self._discard()

    def exchange(self) -> None:
        """Put the new folder in the place of the old one."""
        there = self.folder.exists()
        try:
            if there:
                self.folder.rename(self.old)
            self.new.rename(self.folder)
        except BaseException:
            if there and self.old.exists() and not self.folder.exists():
                self.old.rename(self.folder)
            raise
        self._discard()

    def _discard(self) -> None:
        """Remove what is left beside the folder, each as one that was not finished: that is what a kill leaves here."""
        for folder in (self.new, self.old):
            if folder.exists():
                shutil.rmtree(folder.replace(self.new))


def types_held(folder: Path) -> set[str]:
    """Return the types that a folder holds."""
    graph = folder / "graph"
    return {path.name for path in graph.iterdir()} if graph.is_dir() else set()


def files(folder: Path, type: str, kind: str) -> list[Path]:
    """Return the files of a type in a folder, in the order of their records."""
    place = folder / "graph" / type / kind
    there = {path.name for path in place.iterdir()} if place.is_dir() else set()
    return [place / name for name in _names(type, len(there)) if name in there]


def all_files(folder: Path, type: str) -> list[Path]:
    """Return the files of a type in a folder, whatever it is."""
    return [path for kind in _KINDS for path in files(folder, type, kind)]


def is_indexed(folder: Path, type: str, kind: str) -> bool:
    """Tell whether the index of a folder has the files of a type, and no other one."""
    index = folder / "index" / kind / type
    listed = {path.name for path in index.iterdir()} if index.is_dir() else set()
    return listed == {path.name for path in files(folder, type, kind)}


def records(folder: Path, type: str, kind: str) -> Iterator[bytes]:
    """Yield the records of a type that a folder holds; of a file that was cut off, those that are whole.

    Raises:
        OutputError: a file is not as this program writes it.
    """
    for path in files(folder, type, kind):
        try:
            yield from map(exact_json, _held(kind, path.read_bytes()))
        except (ValueError, TypeError, LookupError):
            raise foreign_file(path) from None


def write_records(folder: Path, type: str, kind: str, found: Iterator[bytes]) -> None:
    """Write records of a type, and link to them from the index."""
    number = 0
    while chunk := list(islice(found, _A_FILE)):
        path = _made(folder / "graph" / type / kind) / _name(type, number)
        with path.open("xb") as file:
            file.writelines(_joined(kind, chunk))
        _index(folder, type, kind, path)
        number += 1


def keep(folder: Path, new: Path, type: str) -> None:
    """Take over the files of a type from a folder into a new one."""
    for kind in _KINDS:
        for path in files(folder, type, kind):
            same = _made(new / "graph" / type / kind) / path.name
            _make_same(same, path)
            _index(new, type, kind, same)


def remove_files(folder: Path, type: str, kind: str) -> None:
    """Remove the files of a type."""
    for path in (folder / "graph" / type, folder / "index" / kind / type):
        if path.exists():
            shutil.rmtree(path)


def _index(folder: Path, type: str, kind: str, path: Path) -> None:
    """Link to a file from the index: by a symbolic link, or by what comes nearest to it on this file system."""
    link = _made(folder / "index" / kind / type) / path.name
    try:
        link.symlink_to(Path("../../..", "graph", type, kind, path.name))
    except OSError:
        _make_same(link, path)


def _strange(folder: Path, *, is_whole: bool) -> Iterator[str]:
    """Yield what a folder holds that this program has not put there; a folder that was not finished may hold less."""
    if folder.is_symlink() or not folder.is_dir():
        if os.path.lexists(folder):
            yield "no folder"
        return
    for top in sorted(path.name for path in folder.iterdir()):
        if top not in TOP | _TOOLS | {_PARTIAL}:
            yield top
    for inner, names, found in os.walk(folder):
        place = Path(inner).relative_to(folder)
        links = [name for name in names if (Path(inner) / name).is_symlink()]
        yield from (str(place / name) for name in [*links, *found] if not _is_ours(place, name, len(found), is_whole))


def _is_ours(place: Path, name: str, count: int, is_whole: bool) -> bool:
    parts = place.parts
    if parts in ((), ("types-graph",)):
        return name in ("summary.json", _PARTIAL, "index.html")
    if len(parts) != 3 or parts[0] not in TOP:
        return False
    type, kind = parts[1:] if parts[0] == "graph" else parts[:0:-1]
    return kind in _KINDS and (name in _names(type, count) if is_whole else name.endswith(".json"))


@lru_cache
def _names(type: str, count: int) -> dict[str, None]:
    """Return the names of the files of a type of which there are so many, and of a few more: one may be missing."""
    return dict.fromkeys(_name(type, number) for number in range(count + _MORE))


def _name(type: str, number: int) -> str:
    return f"{uuid.uuid5(_SPACE, f'{type} {number}')}.json"


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _head(kind: str) -> bytes:
    return f'{{"{kind}":['.encode()


def _joined(kind: str, found: Iterable[bytes]) -> Iterator[bytes]:
    yield _head(kind)
    for number, record in enumerate(found):
        yield b",\n" if number else b"\n"
        yield record
    yield b"\n]}\n"


def _held(kind: str, content: bytes) -> Iterable[Any]:
    try:
        return orjson.loads(content)[kind]  # type: ignore[no-any-return]
    except orjson.JSONDecodeError:  # cut off, perhaps: what comes before the last line is whole
        first, *lines = content.split(b"\n")
        if not _head(kind).startswith(first):
            raise
        return [orjson.loads(line.removesuffix(b",")) for line in lines[:-1]]


def _make_same(path: Path, other: Path) -> None:
    """Make a second name of a file, or a copy where the file system has one name a file."""
    try:
        os.link(other, path)
    except OSError:
        shutil.copyfile(other, path)
