"""``j1:DIR``: the folder that JupiterOne's own tools read: ``j1-integration sync``, ``visualize`` and ``neo4j push``.

Source: JupiterOne integration SDK, FileSystemGraphObjectStore and the storage directory of its command line.
"""

import os
import shutil
import uuid
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path

from integration.errors import OutputError
from integration.output import usable_folder, write_json
from integration.report import Report
from integration.sinks import Graph
from integration.step import Step

_A_FILE = 500
_NAMES = {"graph", "index", "summary.json", "index.html", "types-graph"}
_SPACE = uuid.UUID("6f0d2c5e-0f4b-5a53-9d5d-0d4bb6a2f9c1")


class J1Sink:
    """Writes ``graph/<type>/<kind>/<uuid>.json``, ``index/<kind>/<type>/<uuid>.json`` and ``summary.json``.

    A file of ``graph`` holds at most 500 objects of one type, ``{"entities": […]}`` or ``{"relationships": […]}``, as
    the SDK writes them; ``index`` links to it. The same graph gives files of the same names. The folder is made anew
    beside the old one and takes its place when it is whole. A type that is not complete keeps what the graph keeps of
    it; where that is nothing, or where deletions are withheld, it keeps the files that it had.

    Args:
        folder: made where it is missing; JupiterOne's tools look for ``.j1-integration``.
    """

    def __init__(self, folder: str) -> None:
        self.url = f"j1:{folder}"
        self._folder = Path(folder).resolve()
        self._new = self._folder.with_name(f".{self._folder.name}.new")
        self._old = self._folder.with_name(f".{self._folder.name}.old")

    def check(self) -> None:
        """Raise ``OutputError`` where the folder cannot be made, or holds what is not JupiterOne's."""
        usable_folder(self._folder.parent)
        if self._folder.exists():
            foreign = {path.name for path in usable_folder(self._folder).iterdir()} - _NAMES
            if foreign:
                raise OutputError(
                    f"{self._folder}: holds {min(foreign)}, so it is not a folder of JupiterOne's, which would be made"
                    " anew: choose another one"
                )

    def write(self, graph: Graph, steps: Sequence[Step], report: Report) -> None:
        """Write the folder."""
        try:
            self._clear()
            self._fill(graph, steps, report)
            self._exchange()
        except OSError as error:
            raise OutputError(f"{error.filename or self._folder}: cannot be written: {error.strerror}") from None

    def _clear(self) -> None:
        """Mend what a run left that was killed: the old folder comes back where the new one had not taken its place."""
        if self._old.exists() and not self._folder.exists():
            self._old.rename(self._folder)
        for folder in (self._old, self._new):
            if folder.exists():
                shutil.rmtree(folder)

    def _fill(self, graph: Graph, steps: Sequence[Step], report: Report) -> None:
        for name in ("graph", "index"):
            (self._new / name).mkdir(parents=True)
        kept = set(report.incomplete)
        for step in steps:
            if step.name not in kept or (graph.count(step) and step.name not in report.withheld):
                kept.discard(step.name)
                self._write(step, graph.records(step))
        for name in sorted(kept):
            self._keep(name)
        write_json(self._new / "summary.json", report.summary())

    def _write(self, step: Step, records: Iterator[bytes]) -> None:
        kind = "relationships" if step.is_relationship else "entities"
        number = 0
        while chunk := list(islice(records, _A_FILE)):
            name = f"{uuid.uuid5(_SPACE, f'{step.name} {number}')}.json"
            with self._place(step.name, kind, name).open("wb") as file:
                file.writelines(_joined(kind, chunk))
            self._index(step.name, kind, name)
            number += 1

    def _keep(self, type: str) -> None:
        """Take over the type's files from the folder as it is."""
        for kind in ("entities", "relationships"):
            for path in sorted(self._folder.glob(f"graph/{type}/{kind}/*.json")):
                _make_same(self._place(type, kind, path.name), path)
                self._index(type, kind, path.name)

    def _place(self, type: str, kind: str, name: str) -> Path:
        folder = self._new / "graph" / type / kind
        folder.mkdir(parents=True, exist_ok=True)
        return folder / name

    def _index(self, type: str, kind: str, name: str) -> None:
        """Link to a file from the index: by a symbolic link, or by what comes nearest to it on this file system."""
        folder = self._new / "index" / kind / type
        folder.mkdir(parents=True, exist_ok=True)
        try:
            (folder / name).symlink_to(Path("../../..", "graph", type, kind, name))
        except OSError:
            _make_same(folder / name, self._new / "graph" / type / kind / name)

    def _exchange(self) -> None:
        """Put the new folder in the place of the old one."""
        there = self._folder.exists()
        if there:
            self._folder.rename(self._old)
        try:
            self._new.rename(self._folder)
        except OSError:
            if there:
                self._old.rename(self._folder)
            raise
        if there:
            shutil.rmtree(self._old)


def _joined(kind: str, records: Iterable[bytes]) -> Iterator[bytes]:
    yield f'{{"{kind}":['.encode()
    for number, record in enumerate(records):
        yield b",\n" if number else b"\n"
        yield record
    yield b"\n]}\n"


def _make_same(path: Path, other: Path) -> None:
    """Make a second name of a file, or a copy where the file system has one name a file."""
    try:
        os.link(other, path)
    except OSError:
        shutil.copyfile(other, path)
