"""``files:DIR``: the graph as JSON lines, one file a type, sorted by key, so that two runs compare with diff."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from integration.disk.folder import beside, locked, usable_folder, write_new
from integration.errors import OutputError
from integration.sdk.report import Report
from integration.sdk.sink import StoredGraph
from integration.sdk.step import Step
from integration.sinks.mapped import MappedGraph
from integration.sinks.merged import Tally, foreign_file, is_cut_off, merged
from integration.sinks.note import Note, folder_of

_KINDS = ("entities", "relationships")


class FilesSink:
    """Writes ``entities/<type>.jsonl``, ``relationships/<type>.jsonl`` and ``summary.json``.

    Each file is replaced as a whole, and only where its records have changed. The file of a type of which nothing may
    be deleted keeps what the graph has no more, beside what is new. ``summary.json`` notes whose graph the folder
    holds, before the first file is written; that of another tenant is refused, and so is a second run at a time.

    Args:
        folder: made where it is missing.
    """

    def __init__(self, folder: str) -> None:
        self.url = f"files:{folder}"
        self._folder = folder_of(folder)

    def check(self) -> None:
        """Raise ``OutputError`` where the folder cannot be written, or is another program's."""
        for name in _KINDS:
            usable_folder(self._folder / name)
        Note.read(usable_folder(self._folder), _files)

    def write(self, graph: StoredGraph, steps: Sequence[Step], report: Report) -> None:
        """Write the files."""
        mapped = MappedGraph(graph, steps)
        with locked(self._folder, self._folder / ".files.lock"):  # the folder of a run has its own lock
            self._write(mapped, mapped.steps, report)

    def _write(self, graph: StoredGraph, steps: Sequence[Step], report: Report) -> None:
        before = Note.read(self._folder, _files)
        note = before.renewed(graph, steps)
        if not before.tenant:
            note.write(report)  # so that it is known whose the folder is, should this end in its midst
        for step in steps:
            path = self._folder / _KINDS[step.is_relationship] / f"{step.name}.jsonl"
            if not report.compare_all and before.is_current(graph, step):
                note.types[step.name] = before.types[step.name]
            elif (step.name not in report.incomplete or graph.count(step)) and _write(path, graph, step, report):
                note.has(graph, step)
        note.write(report)


def _files(folder: Path, name: str) -> list[Path]:
    return [folder / kind / f"{name}.jsonl" for kind in _KINDS]


def _write(path: Path, graph: StoredGraph, step: Step, report: Report) -> bool:
    """Bring the file of a type up to date, and tell whether it holds what the graph has, and nothing else."""
    keep = step.name in report.incomplete
    try:
        with beside(path) as new:
            tally = _merge(path, new, graph, step, keep=keep)
            if not keep and tally.gone and not report.may_delete(step.name, tally.held, tally.gone):
                keep = True
                new.unlink()
                tally = _merge(path, new, graph, step, keep=keep)
            if tally.differs or _size(new) != _size(path):
                new.replace(path)
    except ValueError:
        raise foreign_file(path) from None
    except OSError as error:
        raise OutputError(f"{path}: cannot be written: {error.strerror}") from None
    return not (keep and tally.gone)


def _merge(path: Path, new: Path, graph: StoredGraph, step: Step, *, keep: bool) -> Tally:
    tally = Tally()
    records = merged(step, _lines(path), graph.records(step), tally, keep=keep)
    write_new(new, (record + b"\n" for record in records))
    return tally


def _lines(path: Path) -> Iterator[bytes]:
    """Yield the records that a file holds, of one that was cut off those that are whole.

    One that is a link is replaced without a look at where it leads.
    """
    if not path.is_symlink() and path.exists():
        if not path.is_file():
            raise ValueError
        with path.open("rb") as file:
            for line in file:
                record = line.rstrip(b"\n")
                if record == line and is_cut_off(record):
                    return
                yield record or b"\n"


def _size(path: Path) -> int | None:
    return None if path.is_symlink() or not path.is_file() else path.stat().st_size
