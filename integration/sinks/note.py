"""What a folder's ``summary.json`` says of the folder: whose graph it holds, and which revision of each type.

So the folder of one tenant does not become a mixture of two, and what has not changed is not written again.
"""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson

from integration.disk.folder import write_json
from integration.errors import OutputError
from integration.sdk.report import Report
from integration.sdk.sink import StoredGraph
from integration.sdk.step import Step

NAME = "summary.json"
_KEY = "graph"
_OTHER = "choose another folder, or remove this one if nobody needs it"

FilesOf = Callable[[Path, str], Sequence[Path]]
"""Gives the files that a folder has of a type, by its name."""


@dataclass
class Note:
    """What is noted of a folder.

    Attributes:
        folder: the folder.
        files_of: gives the files that a folder has of a type.
        tenant: names the tenant and where it was read from; empty where nothing is noted.
        accounts: keys of the entities of class Account.
        lineage: of the revisions.
        types: what the files hold of each type that is as the graph had it.
        written: when, in nanoseconds.
    """

    folder: Path
    files_of: FilesOf
    tenant: str = ""
    accounts: Sequence[str] = ()
    lineage: str = ""
    types: dict[str, dict[str, Any]] = field(default_factory=dict)
    written: int = 0

    @classmethod
    def read(cls, folder: Path, files_of: FilesOf) -> "Note":
        """Read what is noted; a folder of an earlier version has no note, and becomes that of the next graph.

        Args:
            folder: the folder.
            files_of: gives the files that a folder has of a type.

        Raises:
            OutputError: there is a summary that is not ours, or cannot be read.
        """
        path = folder / NAME
        try:
            summary, written = orjson.loads(path.read_bytes()), path.stat().st_mtime_ns
        except FileNotFoundError:
            return cls(folder, files_of)
        except OSError as error:
            raise OutputError(f"{path}: cannot be read: {error.strerror}; {_OTHER}") from None
        except orjson.JSONDecodeError:
            summary, written = None, 0
        if not isinstance(summary, dict) or "integrationStepResults" not in summary:
            raise OutputError(f"{path}: this program did not write it, so it is not replaced: {_OTHER}")
        with suppress(KeyError, TypeError, ValueError):
            noted = summary[_KEY]
            types = {str(name): dict(of) for name, of in dict(noted["types"]).items()}
            accounts = [str(key) for key in noted["accounts"]]
            return cls(folder, files_of, str(noted["tenant"]), accounts, str(noted["lineage"]), types, written)
        return cls(folder, files_of)

    def renewed(self, graph: StoredGraph, steps: Sequence[Step]) -> "Note":
        """Return the note that the folder gets, still without these types.

        Raises:
            OutputError: the folder holds the graph of another tenant.
        """
        accounts = sorted(_accounts(graph, steps))
        both_told = self.accounts and accounts
        same = set(self.accounts) & set(accounts) if both_told else self.tenant == graph.tenant
        if self.tenant and not same:
            theirs, ours = (" ".join([*keys, f"({of})"]) for keys, of in _both(self, accounts, graph.tenant))
            raise OutputError(f"{self.folder}: holds the graph of {theirs}, and this one is of {ours}: {_OTHER}")
        others = self.types.keys() - {step.name for step in steps} if self.lineage == graph.lineage else ()
        types = {name: self.types[name] for name in sorted(others) if self._is_as_left(name)}
        return Note(self.folder, self.files_of, graph.tenant, accounts or self.accounts, graph.lineage, types)

    def is_current(self, graph: StoredGraph, step: Step) -> bool:
        """Tell whether the files hold what an earlier revision had of a type, and it has not changed since."""
        noted = self.types.get(step.name)
        if noted is None or self.lineage != graph.lineage or noted.get("class") != ",".join(step.classes):
            return False
        revision = noted.get("revision")
        if not isinstance(revision, int) or noted.get("mark") != graph.mark(revision):
            return False
        return graph.changed(step) <= revision < graph.revision and self._is_as_left(step.name)

    def has(self, graph: StoredGraph, step: Step) -> None:
        """Note that the files hold the type's records as they are now, and how much that is."""
        revision, found = graph.revision, self._found(step.name)
        known = {"class": ",".join(step.classes), "revision": revision, "mark": graph.mark(revision)}
        self.types[step.name] = known | {"files": len(found), "bytes": _size(found)}

    def _is_as_left(self, name: str) -> bool:
        """Tell whether nobody has removed files of a type, cut them off, or edited them since this was written."""
        noted, found = self.types[name], self._found(name)
        same = (noted.get("files"), noted.get("bytes")) == (len(found), _size(found))
        return same and all(each.st_mtime_ns <= self.written for each in found)

    def _found(self, name: str) -> list[os.stat_result]:
        files = self.files_of(self.folder, name)
        return [path.stat() for path in files if path.is_file() and not path.is_symlink()]

    def write(self, report: Report) -> None:
        """Write the summary with the note.

        Raises:
            OutputError: it cannot be written.
        """
        noted = {"tenant": self.tenant, "accounts": self.accounts, "lineage": self.lineage, "types": self.types}
        write_json(self.folder / NAME, {**report.summary(), _KEY: noted})


def _size(found: Sequence[os.stat_result]) -> int:
    return sum(each.st_size for each in found)


def _accounts(graph: StoredGraph, steps: Sequence[Step]) -> Iterator[str]:
    for step in steps:
        if "Account" in step.classes and not step.is_relationship:
            yield from (orjson.loads(record)["_key"] for record in graph.records(step))


def _both(note: Note, accounts: Sequence[str], tenant: str) -> Iterator[tuple[Sequence[str], str]]:
    yield note.accounts, note.tenant
    yield accounts, tenant


def folder_of(text: str) -> Path:
    """Return a folder that a destination names.

    Raises:
        OutputError: no file system takes that name, or it is the root of one.
    """
    try:
        folder = Path(text).resolve()
    except (ValueError, OSError):
        folder = Path("/")
    if folder == folder.parent:
        raise OutputError(f"the destination {text!r} is not a folder that can be written: choose another one")
    return Path(text)
