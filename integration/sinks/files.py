"""``files:DIR``: the graph as JSON lines, one file a type, sorted by key, so that two runs compare with diff."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from integration.errors import OutputError
from integration.output import usable_folder, write_file, write_json
from integration.report import Report
from integration.sinks import Graph
from integration.step import Step


class FilesSink:
    """Writes ``entities/<type>.jsonl``, ``relationships/<type>.jsonl`` and ``summary.json``.

    Each file is replaced as a whole. The file of a type that is not complete keeps what the graph keeps of it; where
    that is nothing, and where deletions are withheld, the file stays as it is.

    Args:
        folder: made where it is missing.
    """

    def __init__(self, folder: str) -> None:
        self.url = f"files:{folder}"
        self._folder = Path(folder)

    def check(self) -> None:
        """Raise ``OutputError`` where the folder cannot be written."""
        for name in ("entities", "relationships"):
            usable_folder(self._folder / name)

    def write(self, graph: Graph, steps: Sequence[Step], report: Report) -> None:
        """Write the files."""
        for step in steps:
            if step.name in report.withheld:
                continue
            if step.name not in report.incomplete or graph.count(step):
                kind = "relationships" if step.is_relationship else "entities"
                self._write(self._folder / kind / f"{step.name}.jsonl", graph.records(step))
        write_json(self._folder / "summary.json", report.summary())

    def _write(self, path: Path, records: Iterable[bytes]) -> None:
        try:
            write_file(path, (record + b"\n" for record in records))
        except OSError as error:
            raise OutputError(f"{path}: cannot be written: {error.strerror}") from None
