"""``neo4j://`` against a server that is compatible with Neo4j; how Neo4j itself behaves, this cannot tell."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from integration.sinks.neo4j import push as neo4j_push
from integration.sinks.neo4j import records as neo4j_records
from integration.sinks.neo4j.records import Entities, Relationships
from integration.store.store import Store
from tests.sinks.arcadedb import ArcadeDB, Database, expected
from tests.sinks.neo4j_graphs import BADGE, KNOWS, STEPS, VISITOR, WEARS, graph, held, large, push
from tests.support import entity, named, publish, relationship, worn


@pytest.fixture
def database(arcadedb: ArcadeDB) -> Database:
    return arcadedb.database()


@pytest.fixture
def store() -> Iterator[Store]:
    with closing(Store(Path("graph.db"))) as store:
        yield store


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Return the list that rows to write and names to delete are added to."""
    found: list[Any] = []

    def watch(kind: type[Entities | Relationships], what: str) -> None:
        original = getattr(kind, what)

        def watched(self: Any, transaction: Any, rows: Any, **named: Any) -> Any:
            found.extend(rows)
            return original(self, transaction, rows, **named)

        monkeypatch.setattr(kind, what, watched)

    for kind in (Entities, Relationships):
        watch(kind, "upsert")
        watch(kind, "delete")
    return found


def test_a_graph_arrives_with_every_property_and_label(store: Store, database: Database) -> None:
    properties = {
        "text": "a\nb `c` \N{SNOWMAN}", "whole": 2**53, "real": 1e300, "flag": False, "many": ["a", "b"], "none": [],
        "flags": [True], "tag.a b": 1, "odd`name": "x", "mixed": [1, "a"], "nested": {"a": [1]}, "huge": 2**64 - 1,
    }  # fmt: skip
    graph(
        store,
        badge=named("badge-1", **properties),
        visitor=named("visitor-1", "visitor-2"),
        visitor_wears_badge=[("visitor-1", "badge-1", '{"displayName": "on the left", "since": 5}')],
        visitor_knows_visitor=worn(("visitor-1", "visitor-2"), ("visitor-1", "visitor-1")),
    )
    push(database, store)
    assert held(database, store) == expected(store, STEPS)
    badge = held(database, store)["contoso_badge badge-1"]
    assert {name: badge[name] for name in properties} == {
        **properties, "mixed": '[1,"a"]', "nested": '{"a":[1]}', "huge": "18446744073709551615",
    }  # fmt: skip
    assert database.count("(:Person)-[:WEARS {since: 5}]->(:Key {_key: 'badge-1'})") == 1


def test_changes_arrive_and_nothing_else_is_sent(store: Store, database: Database, sent: list[Any]) -> None:
    large(store, 0)
    push(database, store)
    sent.clear()
    badges = named(*(f"badge-{place}" for place in range(1, 30)), "badge-of-0", size=0)
    graph(store, badge=[*badges, *named("badge-30", color="red")])
    push(database, store)
    assert held(database, store) == expected(store, STEPS)
    assert sent == [(("badge-30",), {"color": "red", "displayName": "badge-30"}), ("badge-0",)]


def test_what_did_not_change_costs_nothing(store: Store, database: Database, sent: list[Any]) -> None:
    large(store, 0)
    push(database, store)
    everything = "MATCH (n) OPTIONAL MATCH (n)-[r]->() RETURN elementId(n), elementId(r), n.push ORDER BY 1, 2"
    before, written = database.run(everything), len(sent)
    push(database, store)
    assert database.run(everything) == before
    graph(store)
    push(database, store)
    assert len(sent) == written
    assert database.run("MATCH (s:GraphScope) RETURN s.`contoso_badge:Key`, s.`contoso_visitor_wears_badge:WEARS`") == [
        [[2], [2]]
    ]


def test_a_graph_that_was_made_anew_is_compared(store: Store, database: Database, sent: list[Any]) -> None:
    large(store, 0)
    push(database, store)
    sent.clear()
    with closing(Store(Path("another.db"))) as another:
        large(another, 3)
        push(database, another)
        assert held(database, another) == expected(another, STEPS)
        assert 0 < len(sent) < 300
        large(store, 3)
        sent.clear()
        push(database, store)
    assert sent == []
    assert held(database, store) == expected(store, STEPS)


def test_a_revision_that_the_graph_forgot_is_compared(store: Store, database: Database, sent: list[Any]) -> None:
    graph(store, badge=named("badge-1", "badge-2", size=1))
    push(database, store)
    for size in range(60):
        graph(store, badge=named("badge-2", "badge-3", size=size))
    graph(store, badge=named("badge-2", "badge-3", size=1))
    sent.clear()
    push(database, store)
    assert held(database, store) == expected(store, STEPS)
    assert sent == [(("badge-3",), {"displayName": "badge-3", "size": 1}), ("badge-1",)]


def test_tenants_and_what_others_keep_there_stay_apart(store: Store, database: Database) -> None:
    database.run("CREATE (:Person {_key: 'visitor-1'})-[:KNOWS]->(:GraphObject {_key: 'visitor-2'})")
    with closing(Store(Path("another.db"))) as another:
        for number, each in enumerate((store, another)):
            people = named("visitor-1", "visitor-2", number=number)
            graph(each, f"tenant-{number}", visitor=people, visitor_knows_visitor=worn(("visitor-1", "visitor-2")))
            push(database, each)
        database.run(
            "MATCH (n:GraphObject {_scope: $scope}) MATCH (m) WHERE m._scope IS NULL CREATE (m)-[:SAW]->(n)",
            scope=store.scope,
        )
        graph(another, "tenant-1", visitor=[], visitor_knows_visitor=[])
        push(database, another)
        assert held(database, another) == {}
        assert held(database, store) == expected(store, STEPS)
    assert database.count("(n)-[:SAW]->()") == 4
    assert database.count("(:Person {_key: 'visitor-1'})-[:KNOWS]->(:GraphObject {_key: 'visitor-2'})") == 2


def test_a_relationship_that_lacks_an_end_waits_for_it(store: Store, database: Database) -> None:
    graph(
        store, visitor=named("visitor-1"), visitor_wears_badge=worn(("visitor-1", "badge-1"), ("visitor-1", "badge-2"))
    )
    push(database, store)
    assert database.count("(:DanglingRelationship {_toEntityKey: 'badge-1'})") == 1
    assert held(database, store) == expected(store, STEPS)
    graph(store, badge=named("badge-1"), visitor_wears_badge=worn(("visitor-1", "badge-1")))
    push(database, store)
    assert database.count("(:Person)-[:WEARS]->(:Key)") == 1
    assert database.count("(:DanglingRelationship)") == 0
    graph(store, badge=[])
    push(database, store)
    assert held(database, store) == expected(store, STEPS)
    graph(store, badge=named("badge-1"))
    push(database, store)
    assert database.count("(:Person)-[:WEARS]->(:Key)") == 1
    assert held(database, store) == expected(store, STEPS)


def test_an_incomplete_type_loses_nothing_until_it_is_complete(store: Store, database: Database) -> None:
    large(store, 0)
    push(database, store)
    before = held(database, store)
    large(store, 2)
    push(database, store, incomplete=STEPS)
    middle = {**before, **expected(store, STEPS)}
    assert held(database, store) == middle
    large(store, 4)
    push(database, store, incomplete=(VISITOR, KNOWS))
    kept = {name: record for name, record in middle.items() if record["_type"] in (VISITOR.name, KNOWS.name)}
    assert held(database, store) == {**kept, **expected(store, STEPS)}
    push(database, store)
    assert held(database, store) == expected(store, STEPS)


def test_a_key_may_pass_to_another_type(store: Store, database: Database) -> None:
    guest = entity("contoso_guest", class_name="Person")
    graph(store, visitor=named("visitor-1", "visitor-2"), visitor_knows_visitor=worn(("visitor-1", "visitor-2")))
    push(database, store)
    graph(store, visitor=[])
    store.begin("contoso.example")
    publish(store, BADGE, named("visitor-1"))
    publish(store, guest, named("visitor-2"))
    store.commit()
    push(database, store, steps=(*STEPS, guest))
    assert held(database, store) == expected(store, (*STEPS, guest))
    assert database.count("(:Key)-[:KNOWS]->(:contoso_guest)") == 1


def test_a_type_may_pass_to_another_class(store: Store, database: Database) -> None:
    graph(
        store,
        visitor=named("visitor-1", "visitor-2"),
        visitor_knows_visitor=worn(("visitor-1", "visitor-2"), ("visitor-1", "visitor-3")),
    )
    push(database, store)
    meets = relationship(VISITOR.name, "MEETS", VISITOR.name, name=KNOWS.name)
    host = entity(VISITOR.name, class_name="Host")
    both = replace(host, further_classes=("Device",))
    for steps in ((BADGE, VISITOR, WEARS, meets), (BADGE, host, WEARS, meets), (BADGE, both, WEARS, meets)):
        store.begin("contoso.example")
        publish(store, steps[1], named("visitor-1", "visitor-2"))
        publish(store, meets, worn(("visitor-1", "visitor-2"), ("visitor-1", "visitor-3")))
        store.commit()
        push(database, store, steps=steps)
        assert held(database, store) == expected(store, steps)
        labels = ":".join(steps[1].classes)
        assert database.count(f"(:{labels})-[:MEETS]->(:{labels})") == 1


def test_many_relationships_are_tied_and_untied_in_pieces(
    store: Store, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (neo4j_push, neo4j_records):
        monkeypatch.setattr(module, "LIMIT", 3)
    keys = [f"visitor-{place}" for place in range(8)]
    graph(store, visitor=named(*keys), visitor_knows_visitor=worn(*((keys[0], key) for key in keys)))
    for visitors in (keys[1:], keys, [], keys):
        graph(store, visitor=named(*visitors))
        push(database, store)
        assert held(database, store) == expected(store, STEPS)
        assert database.count("(:Person)-[:KNOWS]->(:Person)") == (8 if len(visitors) == 8 else 0)
    graph(store, badge=named(*keys), visitor=[])
    push(database, store)
    assert held(database, store) == expected(store, STEPS)
    graph(store, visitor_knows_visitor=[])
    push(database, store)
    assert held(database, store) == expected(store, STEPS)
