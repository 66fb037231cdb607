"""The Cypher that writes, deletes and reads the records of a type.

A relationship is looked for from the end of which there are more, because that end has fewer relationships.
"""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from integration.sdk.changes import Change
from integration.sdk.step import Step
from integration.sinks.comparison import Ends, Held
from integration.sinks.neo4j.values import Columns, StoredRecord, digest, stored

if TYPE_CHECKING:
    from neo4j import ManagedTransaction

LIMIT = 10_000
"""Most objects that one statement changes."""
_ENDS = "MATCH (a:GraphObject {_scope: $scope, _key: row[0]}) MATCH (b:GraphObject {_scope: $scope, _key: row[1]})"
NODES = "MATCH (n:GraphObject{} {{_scope: $scope}}) WHERE n._key IS NOT NULL"
TIED = (
    "MATCH (a:GraphObject {{_scope: $scope}})-[r{}]->(b:GraphObject {{_scope: $scope}})"
    " WHERE a._key IS NOT NULL AND b._key IS NOT NULL"
)
DANGLING = (
    "MATCH (d:DanglingRelationship {_scope: $scope}) WHERE d._fromEntityKey IS NOT NULL AND d._toEntityKey IS NOT NULL"
)
"""What is ours: nodes, relationships and dangling ones. What lacks a key is somebody else's; to ask for the key lets
Neo4j use the index of scope and key."""
_OWN = {"_scope", "_key", "_type", "_fromEntityKey", "_toEntityKey"}
"""Properties that name a record or an end of it."""


class RecordStatements:
    """What entities and relationships have in common.

    Args:
        step: the type.
        scope: of the graph.
    """

    def __init__(self, step: Step, scope: str) -> None:
        self._type, self._label = f"`{step.name}`", ":".join(f"`{name}`" for name in step.classes)
        self._class = step.class_name if step.is_relationship else [*step.classes]
        self._parameters = {"scope": scope, "type": step.name, "class": self._class, "limit": LIMIT}
        self._last: tuple[str | None, dict[str, Any]] = (None, {})

    def row(self, change: Change) -> StoredRecord:
        """Return a record as it is stored; relationships without properties of their own share the same text."""
        if change.now is not self._last[0]:
            self._last = (change.now, stored(change.now or "{}"))
        return change.ends, self._last[1]

    def digest(self, change: Change) -> bytes:
        """Return the digest of a record as it is stored."""
        return digest({**self.row(change)[1], "_class": self._class})

    def _run(self, transaction: "ManagedTransaction", statement: str, **parameters: Any) -> int:
        """Run a statement that returns one number, and return that."""
        return int(transaction.run(statement, {**self._parameters, **parameters}).single(strict=True)[0])

    def _read(self, transaction: "ManagedTransaction", statement: str) -> Iterator[tuple[Ends, bytes]]:
        """Yield what names each record, and the digest of its properties, which the statement returns last."""
        for *ends, properties in transaction.run(statement, self._parameters):
            yield tuple(ends), digest({name: value for name, value in properties.items() if name not in _OWN})


class Entities(RecordStatements):
    """Nodes, labelled ``GraphObject`` and by type and class."""

    def upsert(self, transaction: "ManagedTransaction", rows: Sequence[StoredRecord]) -> None:
        """Create the nodes that are not there, and give those that are these properties.

        Args:
            transaction: of the driver.
            rows: each name once.
        """
        columns = Columns(rows)
        node = columns.properties("_scope: $scope", "_key: row[0]", "_type: $type", "_class: $class")
        create = (
            "UNWIND $rows AS row OPTIONAL MATCH (old:GraphObject {_scope: $scope, _key: row[0]})"
            f" WITH row, old WHERE old IS NULL CREATE (new:GraphObject:{self._type}:{self._label} {node})"
            " RETURN count(new)"
        )
        same = f"old:{self._type}:{self._label} AND coalesce(old._type = $type AND old._class = $class, false)"
        update = (
            "UNWIND $rows AS row MATCH (old:GraphObject {_scope: $scope, _key: row[0]})"
            f" WHERE {same} SET old = {node} RETURN count(old)"
        )
        created = self._run(transaction, create, **columns.parameters)
        if created < len(rows) and self._run(transaction, update, **columns.parameters) < len(rows):
            # Some are of another type or class, and labels are no parameters: these nodes are made anew.
            keys = [ends[0] for ends, _ in rows]
            while not self._delete(transaction, keys, f"NOT ({same})"):
                pass
            self._run(transaction, create, **columns.parameters)

    def delete(self, transaction: "ManagedTransaction", names: Sequence[Ends]) -> bool:
        """Delete nodes; relationships that the graph still has stay, as dangling ones.

        Returns:
            Whether they are gone; where they have too many relationships, another transaction must go on.
        """
        return self._delete(transaction, [ends[0] for ends in names], f"old:{self._type}")

    def held(self, transaction: "ManagedTransaction") -> Held:
        """Return what the database holds of the type."""
        return Held(self._read(transaction, f"{NODES.format(f':{self._type}')} RETURN n._key, properties(n)"))

    def delete_doubles(self, transaction: "ManagedTransaction") -> bool:
        """Return true: the constraint lets no node be there twice."""
        return True

    def _delete(self, transaction: "ManagedTransaction", keys: Sequence[str], which: str) -> bool:
        nodes = f"UNWIND $keys AS key MATCH (old:GraphObject {{_scope: $scope, _key: key}}) WHERE {which}"
        untie = (
            f"{nodes} MATCH (old)-[r]-(:GraphObject {{_scope: $scope}}) WHERE r._type IS NOT NULL"
            " AND r._key IS NOT NULL WITH DISTINCT r LIMIT $limit"
            " MERGE (d:DanglingRelationship {_scope: $scope, _type: r._type, _key: r._key}) SET d = properties(r),"
            " d._scope = $scope, d._fromEntityKey = startNode(r)._key, d._toEntityKey = endNode(r)._key"
            " DELETE r RETURN count(*)"
        )
        if self._run(transaction, untie, keys=keys) == LIMIT:
            return False
        self._run(transaction, f"{nodes} DETACH DELETE old RETURN count(*)", keys=keys)
        return True


class Relationships(RecordStatements):
    """Relationships, and nodes ``DanglingRelationship`` in the place of those that lack an end.

    Args:
        step: the type.
        scope: of the graph.
        from_target: look for a relationship from its target.
    """

    def __init__(self, step: Step, scope: str, *, from_target: bool) -> None:
        super().__init__(step, scope)
        self._from_target = from_target
        self._tied = TIED.format(f":{self._label} {{_type: $type}}")
        self._key = f"row[0] + '|{step.class_name.lower()}|' + row[1]"
        self._dangling = "(d:DanglingRelationship {_scope: $scope, _type: $type, _key: " + self._key + "})"

    def upsert(self, transaction: "ManagedTransaction", rows: Sequence[StoredRecord], *, fresh: bool) -> None:
        """Create the relationships that are not there, and give those that are these properties.

        Args:
            transaction: of the driver.
            rows: each name once.
            fresh: there was none of the type when the push began, so that nobody has to look.
        """
        columns = Columns(rows)
        given = columns.properties("_type: $type", "_class: $class", f"_key: {self._key}")
        merge = f"MERGE {self._between('a', 'b', '{_type: $type}')} SET r = {given}"
        write = f"CREATE {self._between('a', 'b', given)}" if fresh else merge
        tied = self._run(transaction, f"UNWIND $rows AS row {_ENDS} {write} RETURN count(r)", **columns.parameters)
        if tied < len(rows):
            self._run(
                transaction,
                f"UNWIND $rows AS row {_ENDS.replace('MATCH', 'OPTIONAL MATCH')} WITH row, a, b"
                f" WHERE a IS NULL OR b IS NULL MERGE {self._dangling} SET d = {given},"
                " d._scope = $scope, d._fromEntityKey = row[0], d._toEntityKey = row[1] RETURN count(d)",
                **columns.parameters,
            )

    def tie(self, transaction: "ManagedTransaction") -> bool:
        """Make relationships of dangling ones that have both ends by now.

        Returns:
            Whether that was all.
        """
        statement = (
            "MATCH (d:DanglingRelationship {_scope: $scope, _type: $type})"
            " MATCH (a:GraphObject {_scope: $scope, _key: d._fromEntityKey})"
            " MATCH (b:GraphObject {_scope: $scope, _key: d._toEntityKey}) WITH d, a, b LIMIT $limit"
            f" MERGE {self._between('a', 'b', '{_type: $type}')} SET r = properties(d)"
            " REMOVE r._scope, r._fromEntityKey, r._toEntityKey DELETE d RETURN count(*)"
        )
        return self._run(transaction, statement) < LIMIT

    def delete(self, transaction: "ManagedTransaction", names: Sequence[Ends]) -> bool:
        """Delete relationships, dangling ones too, and return true: they are gone."""
        tied = f"{_ENDS} MATCH {self._between('a', 'b', '{_type: $type}')} DELETE r RETURN count(*)"
        for statement in (tied, f"MATCH {self._dangling} DELETE d RETURN count(*)"):
            self._run(transaction, f"UNWIND $rows AS row {statement}", rows=names)
        return True

    def delete_former(self, transaction: "ManagedTransaction") -> bool:
        """Delete relationships that the type had under another class, and tell whether that was all."""
        former = "WHERE {0}._type = $type AND {0}._class <> $class WITH {0} LIMIT $limit DELETE {0} RETURN count(*)"
        tied = "MATCH (:GraphObject {_scope: $scope})-[r]->(:GraphObject) " + former.format("r")
        dangling = "MATCH (d:DanglingRelationship {_scope: $scope}) " + former.format("d")
        return self._run(transaction, tied) + self._run(transaction, dangling) < LIMIT

    def held(self, transaction: "ManagedTransaction") -> Held:
        """Return what the database holds of the type, dangling relationships too."""
        held = Held(self._read(transaction, f"{self._tied} RETURN a._key, b._key, properties(r)"))
        dangling = f"{DANGLING} AND d._type = $type"
        held.add(self._read(transaction, f"{dangling} RETURN d._fromEntityKey, d._toEntityKey, properties(d)"))
        return held

    def delete_doubles(self, transaction: "ManagedTransaction") -> bool:
        """Delete relationships that are there a second time between the same ends, and tell whether that was all."""
        doubles = "WITH a, b, collect(r) AS same WHERE size(same) > 1 UNWIND same[1..] AS r WITH r LIMIT $limit"
        return self._run(transaction, f"{self._tied} {doubles} DELETE r RETURN count(*)") < LIMIT

    def _between(self, source: str, target: str, properties: str) -> str:
        """Return the pattern of one relationship, which begins with the end to look from."""
        relationship = f"[r:{self._label} {properties}]"
        if self._from_target:
            return f"({target})<-{relationship}-({source})"
        return f"({source})-{relationship}->({target})"
