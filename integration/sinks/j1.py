"""``j1:DIR``: the folder of JupiterOne's tools: ``j1-integration sync``, ``visualize`` and ``neo4j push`` read it."""

import shutil
from collections.abc import Sequence

from integration.disk.folder import locked, usable_folder
from integration.errors import OutputError
from integration.sdk.report import Report
from integration.sdk.sink import StoredGraph
from integration.sdk.step import Step
from integration.sinks.j1_folder import (
    TOP,
    Place,
    all_files,
    is_indexed,
    keep,
    records,
    remove_files,
    types_held,
    write_records,
)
from integration.sinks.mapped import MappedGraph
from integration.sinks.merged import Tally, foreign_file, merged
from integration.sinks.note import Note, folder_of


class J1Sink:
    """Writes ``graph/<type>/<kind>/<uuid>.json``, ``index/<kind>/<type>/<uuid>.json`` and ``summary.json``.

    A file of ``graph`` holds at most 500 objects of one type, ``{"entities": […]}`` or ``{"relationships": […]}``, as
    the SDK writes them; ``index`` links to it. The same graph gives files of the same names. The folder is made anew
    beside the old one and takes its place when it is whole; where no type has changed, only ``summary.json`` is
    written. A type of which nothing may be deleted keeps what the graph has no more, beside what is new.
    ``summary.json`` notes whose graph the folder holds; that of another tenant is refused, and so is a second run at a
    time.

    Args:
        folder: made where it is missing; JupiterOne's tools look for ``.j1-integration``.
    """

    def __init__(self, folder: str) -> None:
        self.url = f"j1:{folder}"
        self._place = Place(folder_of(folder))

    def check(self) -> None:
        """Raise ``OutputError`` where the folder cannot be made, or holds what is not JupiterOne's."""
        usable_folder(self._place.folder.parent)
        try:
            if self._place.folder.exists():
                usable_folder(self._place.folder)
            self._place.check()
        except OSError as error:
            raise OutputError(f"{error.filename}: cannot be used: {error.strerror}; choose another folder") from None
        Note.read(self._place.folder, all_files)

    def write(self, graph: StoredGraph, steps: Sequence[Step], report: Report) -> None:
        """Write the folder."""
        mapped = MappedGraph(graph, steps)
        with locked(self._place.folder, self._place.lock):
            self._write_all(mapped, mapped.steps, report)

    def _write_all(self, graph: StoredGraph, steps: Sequence[Step], report: Report) -> None:
        try:
            self._place.mend()
            before = Note.read(self._place.folder, all_files)
            note = before.renewed(graph, steps)
            compared = () if report.compare_all else steps
            same = {step.name for step in compared if self._is_there(before, graph, step)}
            note.types.update({name: before.types[name] for name in same})
            anew = [
                step
                for step in steps
                if step.name not in same and (step.name not in report.incomplete or graph.count(step))
            ]
            if anew or not self._is_whole():
                try:
                    self._make(graph, anew, report, note)
                finally:
                    shutil.rmtree(self._place.new, ignore_errors=True)  # where it has not taken its place
            else:
                note.write(report)
        except OSError as error:
            raise OutputError(f"{error.filename or self._place.folder}: cannot be written: {error.strerror}") from None

    def _make(self, graph: StoredGraph, steps: Sequence[Step], report: Report, note: Note) -> None:
        """Make the folder anew, with these types as the graph has them, and the others as they are."""
        note.folder = self._place.new
        for name in ("graph", "index"):
            (self._place.new / name).mkdir(parents=True)
        for step in steps:
            keeps = step.name in report.incomplete
            tally = self._write(graph, step, keep=keeps)
            if not keeps and tally.gone and not report.may_delete(step.name, tally.held, tally.gone):
                keeps = True
                remove_files(self._place.new, step.name, _kind(step))
                tally = self._write(graph, step, keep=True)
            if not (keeps and tally.gone):
                note.has(graph, step)
        for name in sorted(types_held(self._place.folder) - {step.name for step in steps}):
            keep(self._place.folder, self._place.new, name)
        note.write(report)
        self._place.exchange()

    def _write(self, graph: StoredGraph, step: Step, *, keep: bool) -> Tally:
        tally = Tally()
        old = records(self._place.folder, step.name, _kind(step))
        try:
            write_records(
                self._place.new, step.name, _kind(step), merged(step, old, graph.records(step), tally, keep=keep)
            )
        except ValueError:
            raise foreign_file(self._place.folder / "graph" / step.name) from None
        return tally

    def _is_there(self, note: Note, graph: StoredGraph, step: Step) -> bool:
        return note.is_current(graph, step) and is_indexed(self._place.folder, step.name, _kind(step))

    def _is_whole(self) -> bool:
        return self._place.folder.is_dir() and {path.name for path in self._place.folder.iterdir()} == TOP


def _kind(step: Step) -> str:
    return "relationships" if step.is_relationship else "entities"
