"""What a destination of the graph is, and the graph as it reads it."""

from collections.abc import Iterator, Sequence
from typing import Protocol

from integration.sdk.changes import Change
from integration.sdk.report import Report
from integration.sdk.step import Step


class StoredGraph(Protocol):
    """The graph as a sink reads it."""

    @property
    def revision(self) -> int:
        """Number of the graph: each run makes another one."""

    @property
    def tenant(self) -> str:
        """What names the tenant and where it was read from."""

    @property
    def scope(self) -> str:
        """What a destination that holds several graphs tells this one by."""

    @property
    def lineage(self) -> str:
        """Another string whenever revisions are counted anew: those of another lineage mean nothing here."""

    def mark(self, revision: int) -> str:
        """Return what tells a revision from one of the same number that another copy of the graph went on to."""

    def count(self, step: Step) -> int:
        """Return how many records of the type the graph holds."""

    def changed(self, step: Step) -> int:
        """Return the revision that last changed the type's records; 0 where it never had any."""

    def changes(self, step: Step, since: int) -> Iterator[Change]:
        """Yield what became of the type's records since a revision, sorted by key, each once; since 0, all of them.

        Raises:
            LookupError: the graph does not remember that revision; compare all records instead.
        """

    def remembers(self, revision: int) -> bool:
        """Tell whether ``changes`` knows what changed since a revision."""

    def delivered(self, destination: str, step: Step) -> int:
        """Return the revision of the type's records that a destination holds, as ``deliver`` noted; 0 for none."""

    def deliver(self, destination: str, step: Step) -> None:
        """Note that a destination holds the type's records as they are now.

        It is for destinations that cannot keep the revision themselves, together with the records.
        """

    def gone(self, step: Step, first: int, last: int) -> int:
        """Return how many of the type's records that were there from one revision to another are not now.

        Where the graph does not remember the first, those that went while it does are counted alone. A destination to
        which several of these revisions were delivered, and that deletes late, holds so many too much.
        """

    def entity(self, key: str) -> tuple[str, str] | None:
        """Return type and properties (JSON) of an entity; ``None`` where there is none with that key."""

    def records(self, step: Step) -> Iterator[bytes]:
        """Yield the type's whole JupiterOne objects as JSON, sorted by ``_key``."""


class Sink(Protocol):
    """A destination of the graph.

    Attributes:
        url: what it was made from, without secrets: for messages.
    """

    url: str

    def check(self) -> None:
        """Raise ``OutputError`` where the destination cannot be used; called before anything is read."""

    def write(self, graph: StoredGraph, steps: Sequence[Step], report: Report) -> None:
        """Bring the destination up to date.

        Args:
            graph: holds the records.
            steps: the types that the run chose, in order.
            report: its verdicts. Of a type in ``report.incomplete`` nothing may be deleted, and of the others what
                ``report.may_delete`` allows. Where ``report.compare_all``, all that the destination holds is compared:
                it need not be what was delivered.

        Raises:
            OutputError: the destination did not take it.
        """
