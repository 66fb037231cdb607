"""What the graph tells of its earlier revisions."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from integration import Step
from integration.sdk.changes import Change
from integration.store.store import Store
from tests.support import entity, named, publish, relationship, worn

BADGE = entity("contoso_badge", class_name="Key")
VISITOR = entity("contoso_visitor", class_name="Person")
WEARS = relationship("contoso_visitor", "WEARS", "contoso_badge", name="contoso_visitor_wears_badge")


@pytest.fixture
def store() -> Iterator[Store]:
    with closing(Store(Path("graph.db"))) as store:
        store.begin("contoso.example")
        yield store


def next_run(store: Store) -> None:
    store.commit()
    store.begin("contoso.example")


def changes(store: Store, step: Step, since: int) -> list[tuple[str, tuple[str, ...]]]:
    return [(change.what, change.ends) for change in store.changes(step, since)]


def test_the_first_records_are_all_new(store: Store) -> None:
    publish(store, BADGE, named("badge-1", "badge-2"))
    publish(store, WEARS, worn(("visitor-1", "badge-1")))
    assert changes(store, BADGE, 0) == [("created", ("badge-1",)), ("created", ("badge-2",))]
    assert changes(store, WEARS, 0) == [("created", ("visitor-1", "badge-1"))]
    next_run(store)
    assert changes(store, BADGE, 1) == []


def test_what_came_changed_and_went_is_told_with_old_and_new_values(store: Store) -> None:
    publish(store, BADGE, [*named("badge-1", "badge-2", size=1), *named("badge-3", size=3)])
    next_run(store)
    publish(store, BADGE, [*named("badge-2", size=2), *named("badge-3", size=3), *named("badge-4", size=4)])
    found = list(store.changes(BADGE, 1))
    assert [(change.what, change.ends) for change in found] == [
        ("deleted", ("badge-1",)), ("updated", ("badge-2",)), ("created", ("badge-4",)),
    ]  # fmt: skip
    assert json.loads(found[0].before or "")["size"] == 1
    assert found[1].properties() == {"size": (1, 2)}
    assert found[2].before is None


def test_changes_over_several_runs_are_told_as_one(store: Store) -> None:
    publish(store, BADGE, named("badge-1", "badge-2", "badge-3", size=1))
    for size, keys in ((2, ["badge-1", "badge-4"]), (3, ["badge-1", "badge-2"]), (4, ["badge-1", "badge-3"])):
        next_run(store)
        publish(store, BADGE, [*named(keys[0], size=size), *named(*keys[1:], size=1)])
    assert changes(store, BADGE, 1) == [("updated", ("badge-1",)), ("deleted", ("badge-2",))]
    assert next(store.changes(BADGE, 1)).properties() == {"size": (1, 4)}
    assert changes(store, BADGE, 3) == [
        ("updated", ("badge-1",)), ("deleted", ("badge-2",)), ("created", ("badge-3",)),
    ]  # fmt: skip


def test_a_type_that_lost_everything_and_has_it_again_did_not_change(store: Store) -> None:
    publish(store, BADGE, named("badge-1"))
    next_run(store)
    publish(store, BADGE, [])
    assert changes(store, BADGE, 1) == [("deleted", ("badge-1",))]
    next_run(store)
    publish(store, BADGE, named("badge-1"))
    assert changes(store, BADGE, 1) == []
    assert changes(store, BADGE, 2) == [("created", ("badge-1",))]


def test_a_type_that_is_not_complete_deletes_nothing(store: Store) -> None:
    publish(store, WEARS, worn(("visitor-1", "badge-1"), ("visitor-2", "badge-1")))
    next_run(store)
    publish(store, WEARS, worn(("visitor-2", "badge-1"), ("visitor-3", "badge-1")), complete=False)
    assert changes(store, WEARS, 1) == [("created", ("visitor-3", "badge-1"))]


def test_a_revision_that_is_not_remembered_any_more_is_refused(store: Store) -> None:
    publish(store, BADGE, named("badge-1"))
    for _ in range(60):
        next_run(store)
    assert not store.remembers(1)
    assert store.remembers(store.revision - 1)
    with pytest.raises(LookupError):
        store.changes(BADGE, 1)
    assert changes(store, BADGE, 0) == [("created", ("badge-1",))]


def test_what_a_destination_holds_is_kept_by_type(store: Store) -> None:
    publish(store, BADGE, named("badge-1"))
    publish(store, VISITOR, named("visitor-1"))
    store.deliver("files:out", BADGE)
    next_run(store)
    assert (store.delivered("files:out", BADGE), store.delivered("files:out", VISITOR)) == (1, 0)
    assert store.delivered("files:other", BADGE) == 0


def test_what_was_there_at_some_revision_and_is_not_now_is_counted(store: Store) -> None:
    publish(store, BADGE, [])
    lives = [{1, 2, 3, 4}, {2, 3, 4, 5, 6}, {3, 4, 5, 6, 7, 8}, {2, 4, 5, 6, 8, 9}, {4, 5}]
    for keys in lives:
        next_run(store)
        publish(store, BADGE, named(*(f"badge-{key}" for key in keys), size=sum(keys)))
        publish(store, WEARS, worn(*(("visitor-1", f"badge-{key}") for key in keys)))
    for first in range(1, 7):
        for last in range(first, 7):
            there = set[int]().union(*lives[max(0, first - 2) : last - 1])
            expected = len(there - lives[-1])
            assert [store.gone(step, first, last) for step in (BADGE, WEARS)] == [expected, expected]


def test_a_change_knows_the_properties_that_differ() -> None:
    change = Change("updated", ("badge-1",), '{"a":1,"b":2}', '{"b":3,"c":[4]}')
    assert change.properties() == {"a": (1, None), "b": (2, 3), "c": (None, [4])}


def judgements() -> int:
    with closing(sqlite3.connect("graph.db")) as database:
        return int(database.execute("SELECT count(*) FROM judgements").fetchone()[0])


def test_how_types_were_judged_is_kept_once_however_many_revisions_judged_them_so(store: Store) -> None:
    for run in range(120):
        verdict = "partial" if run in (5, 100) else "complete"
        store.keep_verdicts([("contoso_badge", verdict, "a page failed" * (verdict == "partial"), run, run / 7)])
        next_run(store)
    store.commit()
    known = store.revisions()
    assert [each.number for each in known if each.incomplete] == [101]
    assert known[0].judged == {"contoso_badge": ("complete", "")}
    assert judgements() == 2
    for _ in range(60):
        store.begin("contoso.example")
        store.keep_verdicts([("contoso_badge", "complete", "", 1, 0.0)])
        store.commit()
    assert judgements() == 1
    assert {len(each.incomplete) for each in store.revisions()} == {0}
