"""What somebody else has removed or added at a destination is not taken for delivered."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from neo4j.exceptions import ClientError

from integration import OutputError
from integration.sdk.mass_deletion import Guard
from integration.sinks.neo4j import records as neo4j_records
from integration.store.store import Store
from tests.sinks.arcadedb import ArcadeDB, Database, expected
from tests.sinks.neo4j_graphs import BADGE, KNOWS, STEPS, WEARS, graph, held, large, push
from tests.support import named, worn


@pytest.fixture
def database(arcadedb: ArcadeDB) -> Database:
    return arcadedb.database()


@pytest.fixture
def store() -> Iterator[Store]:
    with closing(Store(Path("graph.db"))) as store:
        yield store


ADDED = "CREATE (:GraphObject:contoso_badge:Key {_scope: $scope, _key: 'badge-x', _type: 'contoso_badge'})"
BARE = "CREATE (:GraphObject:contoso_badge {_scope: $scope, _key: 'badge-x'})"
TIE = "MATCH (a:GraphObject {_scope: $scope, _key: 'visitor-100'}) MATCH (b:GraphObject {_scope: $scope, _key: $to})"
DAMAGES = {
    "a node was removed": "MATCH (n:contoso_badge {_key: 'badge-7'}) DETACH DELETE n",
    "all nodes of a type were removed": "MATCH (n:contoso_badge) DETACH DELETE n",
    "all nodes were removed": "MATCH (n:GraphObject) DETACH DELETE n",
    "a node was put there": ADDED,
    "a node without a type was put there": BARE,
    "a node has lost its label": "MATCH (n:GraphObject {_key: 'badge-7'}) REMOVE n:contoso_badge",
    "a relationship was removed": "MATCH (:GraphObject {_key: 'visitor-007'})-[r:WEARS]->() DELETE r",
    "all relationships were removed": "MATCH ()-[r:KNOWS]->() DELETE r",
    "a relationship was put there": f"{TIE} CREATE (a)-[:WEARS {{_type: 'contoso_visitor_wears_badge'}}]->(b)",
    "a dangling relationship was removed": "MATCH (d:DanglingRelationship) DELETE d",
    "a dangling relationship was put there": "CREATE (:DanglingRelationship {_scope: $scope, _key: 'x|wears|y',"
    " _type: 'contoso_visitor_wears_badge', _class: 'WEARS', _fromEntityKey: 'x', _toEntityKey: 'y'})",
}  # fmt: skip


@pytest.mark.parametrize("is_changed", [False, True], ids=["the same graph", "a changed one"])
@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_neo4j_gets_back_what_it_lost_and_loses_what_it_got(
    store: Store, database: Database, damage: str, is_changed: bool
) -> None:
    large(store, 0)
    graph(store, visitor_wears_badge=worn(*((f"visitor-{n:03d}", f"badge-{n % 30}") for n in range(99)), ("x", "z")))
    push(database, store)
    database.run(damage, scope=store.scope, to="badge-2")
    if is_changed:
        graph(store, badge=named(*(f"badge-{place}" for place in range(1, 31)), size=1))
    push(database, store)
    assert held(database, store) == expected(store, STEPS)
    before = database.run("MATCH (s:GraphScope) RETURN s.push")
    push(database, store)
    assert database.run("MATCH (s:GraphScope) RETURN s.push") == before  # nothing was left to compare


@pytest.mark.parametrize(
    "damage",
    [
        "MATCH (n:contoso_badge {_key: 'badge-7'}) SET n.size = 99",
        "MATCH (n:contoso_badge) SET n.further = 'x' REMOVE n.displayName",
        "MATCH ()-[r:KNOWS]->() SET r.since = 99",
    ],
)
def test_neo4j_has_what_somebody_changed_set_right_where_all_is_compared(
    store: Store, database: Database, damage: str
) -> None:
    large(store, 0)
    push(database, store)
    database.run(damage)
    push(database, store)
    assert held(database, store) != expected(store, STEPS)
    push(database, store, compare_all=True)
    assert held(database, store) == expected(store, STEPS)


def test_neo4j_loses_relationships_that_are_there_a_second_time(
    store: Store, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(neo4j_records, "LIMIT", 2)
    large(store, 0)
    push(database, store)
    database.run(
        "MATCH (a)-[r:KNOWS]->(b) WHERE a._key <= 'visitor-006' CREATE (a)-[s:KNOWS]->(b) SET s = properties(r)"
    )
    assert database.count("()-[:KNOWS]->()") == len(list(store.records(KNOWS))) + 7
    push(database, store)
    assert held(database, store) == expected(store, STEPS)


def test_neo4j_keeps_what_is_put_there_without_our_scope_or_a_key(store: Store, database: Database) -> None:
    large(store, 0)
    push(database, store)
    without_key = "(n:GraphObject:contoso_badge {_scope: $scope, name: 'x'})"
    tied = "(n)-[:WEARS {_type: 'contoso_visitor_wears_badge'}]->(n)"
    database.run(f"CREATE (:contoso_badge {{_key: 'badge-2'}}), {without_key}, {tied}", scope=store.scope)
    push(database, store)
    database.run("MATCH (n {_key: 'badge-3'}) DETACH DELETE n")
    push(database, store)
    assert database.count("(:contoso_badge)") == len(list(store.records(BADGE))) + 2
    assert database.count("({name: 'x'})-[:WEARS]->()") == 1


def test_neo4j_keeps_what_somebody_has_put_there_while_that_is_a_mass(store: Store, database: Database) -> None:
    graph(store, badge=named("badge-1"))
    push(database, store)
    more = "UNWIND range(1, 60) AS n CREATE (:GraphObject:contoso_badge {_scope: $scope, _key: 'x-' + toString(n)})"
    database.run(more, scope=store.scope)
    for _ in range(2):
        guard = Guard(percent=20)
        push(database, store, guard=guard)
        assert guard.withheld == {BADGE.name: "would lose 60 of 61 records"}
        assert database.count("(:contoso_badge)") == 61
    push(database, store, guard=Guard(percent=20, allow=True))
    assert held(database, store) == expected(store, STEPS)


def test_neo4j_gets_back_what_it_lost_of_a_type_that_is_never_complete(store: Store, database: Database) -> None:
    for change in range(3):
        large(store, change)
        push(database, store, incomplete=(BADGE, WEARS))
    database.run("MATCH (n:contoso_badge) DETACH DELETE n")
    push(database, store, incomplete=(BADGE, WEARS))
    now = held(database, store)
    assert {**now, **expected(store, STEPS)} == now


def test_neo4j_gets_its_constraints_back(store: Store, database: Database) -> None:
    large(store, 0)
    push(database, store)
    for name in ("graph_object", "graph_scope", "dangling_relationship"):
        database.run(f"DROP CONSTRAINT {name}")
    large(store, 1)
    push(database, store)
    assert held(database, store) == expected(store, STEPS)
    for double in (
        "MATCH (n:contoso_badge {_key: 'badge-7'}) CREATE (m:GraphObject {_scope: n._scope, _key: n._key})",
        "MATCH (n:GraphScope) CREATE (m:GraphScope {_scope: n._scope})",
    ):
        with pytest.raises(ClientError, match="Constraint"):
            database.run(double)


def test_neo4j_says_what_keeps_a_constraint_from_being_made(store: Store, database: Database) -> None:
    large(store, 0)
    push(database, store)
    database.run("DROP CONSTRAINT graph_object")
    database.run(
        "MATCH (n:contoso_badge {_key: 'badge-7'}) CREATE (m:GraphObject:contoso_badge:Key) SET m = properties(n)"
    )
    with pytest.raises(
        OutputError, match=r"several nodes GraphObject have the same _scope, _key, .*: delete all but one"
    ):
        push(database, store)
    database.run("MATCH (n:contoso_badge {_key: 'badge-7'}) WITH n LIMIT 1 DETACH DELETE n")
    push(database, store)
    assert held(database, store) == expected(store, STEPS)
