"""The node ``GraphScope``: what a database holds of a graph, noted in the transactions that change it.

It has the graph's lineage and, by type and class, the revisions that the database holds: one where all records are as
that revision has them; several where a push did not end, and each record is as one of them has it. So the next push
knows since when it must apply changes. A type that is not noted may hold anything. When the graph made a revision is
noted as well: a graph out of a backup makes others of the same numbers.
"""

import uuid
from collections.abc import Callable
from itertools import chain
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar

from integration.errors import OutputError
from integration.sdk.sink import StoredGraph
from integration.sdk.step import Step
from integration.sinks.neo4j.session import ServerSession

if TYPE_CHECKING:
    from neo4j import ManagedTransaction

P = ParamSpec("P")
T = TypeVar("T")
_CONSTRAINTS = {
    "graph_object": ("GraphObject", "n._scope, n._key"),
    "graph_scope": ("GraphScope", "n._scope"),
    "dangling_relationship": ("DanglingRelationship", "n._scope, n._type, n._key"),
}


class Scope:
    """A graph's part of a database, for one push.

    Args:
        session: with the server.
        graph: whose part it is.
    """

    def __init__(self, session: ServerSession, graph: StoredGraph) -> None:
        self._session, self._revision, self._mark = session, graph.revision, graph.mark
        self._scope, self._lineage, self._push = graph.scope, graph.lineage, uuid.uuid4().hex
        self._unwritten: dict[str, list[int] | None] = {}
        self._forgotten = set[str]()
        self._noted = session.execute_read(self._read)

    def claim(self) -> None:
        """Begin to write: from now on, pushes that began earlier cannot.

        Raises:
            OutputError: a constraint that somebody dropped cannot be made anew.
        """
        for name, (label, unique) in _CONSTRAINTS.items():
            self._constrain(name, label, unique)
        self._noted = self._session.execute_write(self._take)

    def revisions(self, step: Step) -> list[int]:
        """Return which revisions of a type the database holds; none where it may hold anything."""
        name = _name(step)
        return [] if name in self._forgotten else list(self._noted.get(name, ()))

    def has_former(self, step: Step) -> bool:
        """Tell whether the database holds records of the type under another class."""
        return bool(self._former(step))

    def dangling(self) -> dict[str, int]:
        """Return by type how many relationships lack an end."""
        statement = "MATCH (d:DanglingRelationship {_scope: $scope}) RETURN d._type, count(*)"
        return self.read(lambda transaction: dict(transaction.run(statement, scope=self._scope).values()))

    def forget(self, step: Step) -> None:
        """Take it that the database may hold anything of a type."""
        self._forgotten.add(_name(step))

    def changing(self, step: Step) -> None:
        """Note, with the next transaction, that records of a type become those of the graph's revision."""
        held = self.revisions(step)
        self._unwritten[_name(step)] = sorted({*held, self._revision}) if held else None

    def changed(self, step: Step) -> None:
        """Note, with the next transaction, that all records of a type are those of the graph's revision."""
        self._unwritten |= {**dict.fromkeys(self._former(step)), _name(step): [self._revision]}

    def flush(self) -> None:
        """Note what no transaction has noted yet."""
        if self._unwritten:
            self.write(lambda transaction: None)

    def read(self, work: "Callable[Concatenate[ManagedTransaction, P], T]", *arguments: P.args, **named: P.kwargs) -> T:
        """Do something in a transaction that writes nothing."""
        return self._session.execute_read(work, *arguments, **named)

    def write(
        self, work: "Callable[Concatenate[ManagedTransaction, P], T]", *arguments: P.args, **named: P.kwargs
    ) -> T:
        """Do something in a transaction, together with what is to be noted.

        Raises:
            OutputError: another push to the scope has begun.
            Interrupted: the run is to end.
        """

        def noted(transaction: "ManagedTransaction") -> T:
            mine = transaction.run(
                "MATCH (s:GraphScope {_scope: $scope, push: $push}) SET s += $marks, s.push = $push RETURN count(s)",
                scope=self._scope,
                push=self._push,
                marks=self._unwritten,
            )
            if not mine.single(strict=True)[0]:
                raise OutputError("another push of the same tenant has begun meanwhile: let one of them end")
            return work(transaction, *arguments, **named)

        result = self._session.execute_write(noted)
        self._unwritten = {}
        return result

    def _constrain(self, name: str, label: str, unique: str) -> None:
        from neo4j.exceptions import Neo4jError

        try:
            self._session.run(f"CREATE CONSTRAINT {name} IF NOT EXISTS FOR (n:{label}) REQUIRE ({unique}) IS UNIQUE")
        except Neo4jError as error:
            if ".Schema.Constraint" not in (error.code or ""):
                raise
            what = (
                f"several nodes {label} have the same {unique.replace('n.', '')}, which the constraint {name} forbids"
            )
            remedy = "somebody dropped it: delete all but one of each, then push again"
            raise OutputError(f"{what}; {remedy}") from None

    def _take(self, transaction: "ManagedTransaction") -> dict[str, Any]:
        """Lock the scope, so that what is read of it then stays."""
        name = {"_scope": self._scope, "push": self._push}
        transaction.run("MERGE (s:GraphScope {_scope: $_scope}) SET s.push = $push", name).consume()
        noted = self._read(transaction)
        marks = {_at(each): self._mark(each) for each in {self._revision, *chain.from_iterable(noted.values())}}
        everything = {**name, "lineage": self._lineage, **noted, **marks}
        transaction.run(
            "MATCH (s:GraphScope {_scope: $scope}) SET s = $all", scope=self._scope, all=everything
        ).consume()
        return noted

    def _read(self, transaction: "ManagedTransaction") -> dict[str, Any]:
        """Return what is noted of types, where that is of the graph's lineage."""
        found = transaction.run(
            "MATCH (s:GraphScope {_scope: $scope}) RETURN properties(s)", scope=self._scope
        ).single()
        noted = found[0] if found else {}
        if noted.get("lineage") != self._lineage:
            return {}
        return {
            name: revisions
            for name, revisions in noted.items()
            if ":" in name and all(noted.get(_at(each)) in (None, self._mark(each)) for each in revisions)
        }

    def _former(self, step: Step) -> list[str]:
        return [name for name in self._noted if name.startswith(f"{step.name}:") and name != _name(step)]


def _at(revision: int) -> str:
    return f"made {revision}"


def _name(step: Step) -> str:
    return f"{step.name}:{','.join(step.classes)}"
