"""Graphs that the tests of Neo4j push, and what has arrived of them."""

from typing import Any

from integration import Report, Step
from integration.sdk.mass_deletion import Guard
from integration.sdk.report import StepResult
from integration.sinks.neo4j.sink import Neo4jSink
from integration.store.store import Store
from tests.sinks.arcadedb import Database, Records
from tests.support import entity, named, publish, relationship, worn

BADGE = entity("contoso_badge", class_name="Key")
VISITOR = entity("contoso_visitor", class_name="Person")
WEARS = relationship("contoso_visitor", "WEARS", "contoso_badge", name="contoso_visitor_wears_badge")
KNOWS = relationship("contoso_visitor", "KNOWS", "contoso_visitor", name="contoso_visitor_knows_visitor")
STEPS = (BADGE, VISITOR, WEARS, KNOWS)


def graph(store: Store, tenant: str = "contoso.example", **rows: Any) -> None:
    """Make the next revision: rows by the last word of a type's name; types that are not named stay as they are."""
    store.begin(tenant)
    for step in STEPS:
        if (name := step.name.removeprefix("contoso_")) in rows:
            publish(store, step, rows[name])
    store.commit()


def large(store: Store, change: int) -> None:
    """Make a graph of about 150 entities and 300 relationships; each other ``change`` comes, goes and differs a bit."""
    keys = [f"visitor-{place:03d}" for place in range(change, 120)]
    graph(
        store,
        badge=named(*(f"badge-{place}" for place in range(change, change + 30)), f"badge-of-{change}", size=change),
        visitor=[*named(*keys[change:], size=1), *named(*keys[:change], size=change)],
        visitor_wears_badge=worn(
            *((key, f"badge-{change + place % 30}") for place, key in enumerate(keys)), (keys[0], f"badge-of-{change}")
        ),
        visitor_knows_visitor=worn(*((keys[-1], key) for key in keys), *((key, key) for key in keys[change * 10 : 60])),
    )


def push(
    database: Database,
    store: Store,
    *,
    incomplete: tuple[Step, ...] = (),
    steps: tuple[Step, ...] = STEPS,
    guard: Guard | None = None,
    compare_all: bool = False,
) -> None:
    results = [StepResult(type=step.name, verdict="failed", reason="403") for step in incomplete]
    Neo4jSink(database.url, {}).write(store, steps, Report(results=results, guard=guard, compare_all=compare_all))


def held(database: Database, store: Store) -> Records:
    return database.records(store.scope)
