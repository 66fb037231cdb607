"""The graph in SQLite: what is published, what goes, and what readers see meanwhile."""

import json
import os
import resource
import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from integration import DanglingEnd, DuplicateKey, OutputError, Step
from integration.store.publication import KeyTaken
from integration.store.relationships import RELATIONSHIPS
from integration.store.store import Store
from integration.store.tables import SCHEMA
from tests.support import Row, entity, named, publish, relationship, schema, worn

BADGE = entity("contoso_badge", class_name="Key")
VISITOR = entity("contoso_visitor", class_name="Person")
WEARS = relationship("contoso_visitor", "WEARS", "contoso_badge", name="contoso_visitor_wears_badge")
GRAPH = Path("graph.db")


@pytest.fixture
def store() -> Iterator[Store]:
    """The graph of a run that has begun."""
    with closing(Store(GRAPH)) as store:
        store.begin("contoso.example")
        yield store


def keys(store: Store, step: Step) -> list[str]:
    return [json.loads(record)["_key"] for record in store.records(step)]


def next_run(store: Store) -> None:
    store.commit()
    store.begin("contoso.example")


def sizes(store: Store, name: str) -> dict[str, int]:
    return {key: json.loads(properties)["size"] for key, properties in store.entities(name)}


def seen(statement: str = "SELECT _key FROM entities ORDER BY _key") -> list[Any]:
    """Return the first column of what another process would read now."""
    with closing(sqlite3.connect(GRAPH)) as database:
        return [row[0] for row in database.execute(statement)]


def test_a_view_has_the_properties_of_a_type_as_columns(store: Store) -> None:
    properties = {"email": "ada@contoso.example", "active": True, "doors": ["Gate", "Tür"], "note": 'it\'s "so"'}
    kinds = {"email": "string", "active": "boolean", "doors": "array", "note": "string", "tag.Cost Center": "string"}
    store.show(BADGE, schema(BADGE, **{name: {"type": kind} for name, kind in kinds.items()}))
    publish(store, BADGE, named("badge-1", **properties, **{"tag.Cost Center": "7"}))
    publish(store, VISITOR, named("visitor-1"))
    store.commit()
    with closing(sqlite3.connect(GRAPH)) as database:
        database.row_factory = sqlite3.Row
        (row,) = database.execute("SELECT * FROM contoso_badge").fetchall()
    found = dict(row)
    assert json.loads(found.pop("doors")) == ["Gate", "Tür"]
    assert json.loads(found.pop("_class")) == ["Key"]
    assert found == {
        "_key": "badge-1", "_type": "contoso_badge", "displayName": "badge-1", "email": "ada@contoso.example",
        "active": 1, "note": "it's \"so\"", "tag.Cost Center": "7",
    }  # fmt: skip
    assert seen("SELECT displayName FROM contoso_badge") == ["badge-1"]


def test_a_view_follows_its_schema(store: Store) -> None:
    for name in ("colour", "size"):
        store.show(BADGE, schema(BADGE, **{name: {"type": "string"}}))
    publish(store, BADGE, [*named("badge-1", size="L"), *named("badge-2")])
    store.commit()
    assert seen("SELECT size FROM contoso_badge ORDER BY _key") == ["L", None]
    with pytest.raises(sqlite3.OperationalError, match="no such column: colour"):
        seen("SELECT colour FROM contoso_badge")


def test_the_view_of_a_relationship_has_its_ends(store: Store) -> None:
    store.show(WEARS, schema(WEARS))
    publish(store, WEARS, worn(("visitor-1", "badge-1")))
    store.commit()
    (key,) = seen(
        "SELECT _key FROM contoso_visitor_wears_badge WHERE _toEntityKey = 'badge-1' AND displayName = 'WEARS'"
    )
    assert key == "visitor-1|wears|badge-1"
    assert seen("SELECT _class FROM contoso_visitor_wears_badge WHERE _fromEntityKey = 'visitor-1'") == ['"WEARS"']


def test_a_reader_sees_the_previous_graph_until_the_run_commits(store: Store) -> None:
    publish(store, BADGE, named("badge-1"))
    assert seen() == []
    store.commit()
    assert seen() == ["badge-1"]
    store.begin("contoso.example")
    publish(store, BADGE, named("badge-2"))
    assert keys(store, BADGE) == ["badge-2"]
    assert seen() == ["badge-1"]
    store.commit()
    assert seen() == ["badge-2"]


def test_a_reader_in_the_middle_of_a_query_is_not_disturbed_and_holds_nobody_up(store: Store) -> None:
    publish(store, BADGE, named("badge-1", "badge-2"))
    store.commit()
    with closing(sqlite3.connect(GRAPH)) as database:
        cursor = database.execute("SELECT _key FROM entities ORDER BY _key")
        first = cursor.fetchone()
        store.begin("contoso.example")
        publish(store, BADGE, named("badge-3"))
        started = time.monotonic()
        store.commit()
        assert time.monotonic() - started < 5
        assert [first, *cursor] == [("badge-1",), ("badge-2",)]
    assert seen() == ["badge-3"]


@pytest.mark.parametrize("tenant", ["contoso.example", "fabrikam.example"])
def test_a_run_that_ends_early_leaves_the_graph_as_it_was(store: Store, tenant: str) -> None:
    publish(store, BADGE, named("badge-1"))
    store.keep_verdicts([("contoso_badge", "complete", "", 1, 0.5)])
    store.commit()
    store.begin(tenant)
    publish(store, BADGE, named("badge-2"))
    store.keep_verdicts([("contoso_badge", "failed", "a reason", 0, 0.5)])
    store.close()
    assert seen() == ["badge-1"]
    assert seen("SELECT verdict FROM verdicts") == ["complete"]
    with closing(Store(GRAPH)) as later:
        assert keys(later, BADGE) == ["badge-1"]


def test_the_graph_of_another_tenant_makes_room(store: Store) -> None:
    publish(store, BADGE, named("badge-1"))
    publish(store, WEARS, worn(("visitor-1", "badge-1")))
    store.keep_verdicts([("contoso_badge", "complete", "", 1, 0.5)])
    store.commit()
    store.begin("fabrikam.example")
    publish(store, VISITOR, named("visitor-1"))
    store.commit()
    assert seen() == ["visitor-1"]
    assert seen("SELECT count(*) FROM relationships") == [0]
    assert seen("SELECT count(*) FROM verdicts") == [0]


def test_a_complete_type_loses_what_is_gone_and_no_other_type_does(store: Store) -> None:
    publish(store, VISITOR, named("visitor-1"))
    publish(store, BADGE, named("badge-1", "badge-2", size=1))
    next_run(store)
    published = publish(store, BADGE, named("badge-2", "badge-3", size=2))
    next_run(store)
    assert (published.count, keys(store, BADGE), keys(store, VISITOR)) == (2, ["badge-2", "badge-3"], ["visitor-1"])
    assert set(sizes(store, "contoso_badge").values()) == {2}
    assert publish(store, BADGE, []).count == 0
    assert keys(store, BADGE) == []


def test_a_type_that_is_not_complete_keeps_what_it_did_not_see(store: Store) -> None:
    publish(store, BADGE, named("badge-1", "badge-2", size=1))
    published = publish(store, BADGE, named("badge-2", "badge-3", size=2), complete=False)
    assert (published.count, published.duplicates) == (2, 0)
    assert sizes(store, "contoso_badge") == {"badge-1": 1, "badge-2": 2, "badge-3": 2}


def test_a_key_that_is_there_twice_is_counted(store: Store) -> None:
    published = publish(store, BADGE, [*named("badge-1", size=1), *named("badge-2"), *named("badge-1", size=2)])
    assert (published.count, published.duplicates, published.duplicate_examples) == (2, 1, ("badge-1",))
    assert keys(store, BADGE) == ["badge-1", "badge-2"]


def test_a_key_of_another_type_is_counted_and_stays_that_types(store: Store) -> None:
    publish(store, VISITOR, named("shared-1", "visitor-1", size=1))
    published = publish(store, BADGE, named("shared-1", "badge-1", size=2))
    assert (published.count, published.duplicates, published.duplicate_examples) == (1, 1, ("shared-1",))
    assert keys(store, VISITOR) == ["shared-1", "visitor-1"]
    assert set(sizes(store, "contoso_visitor").values()) == {1}
    assert keys(store, BADGE) == ["badge-1"]


def test_a_change_with_a_key_of_another_type_takes_all_records_to_be_told(store: Store) -> None:
    publish(store, VISITOR, named("shared-1"))
    publish(store, BADGE, named("badge-1"))
    store.remember(BADGE, {})
    next_run(store)
    publication = store.publication(BADGE)
    publication.add(named("shared-1"))
    with pytest.raises(KeyTaken):
        publication.publish_changes(1, strict=False)
    publication.discard()
    assert publish(store, BADGE, named("badge-1", "shared-1")).duplicates == 1


def test_a_missing_end_is_counted_and_the_relationship_stays(store: Store) -> None:
    publish(store, VISITOR, named("visitor-1"))
    publish(store, BADGE, named("badge-1"))
    ends = [("visitor-1", "badge-1"), ("visitor-1", "badge-9"), ("visitor-9", "badge-1"), ("visitor-8", "badge-9")]
    published = publish(store, WEARS, worn(*ends))
    assert (published.count, published.dangling) == (4, 3)
    assert set(published.dangling_examples) == {"badge-9", "visitor-8", "visitor-9"}


def test_examples_are_few_however_many_records_are_wrong(store: Store) -> None:
    published = publish(store, WEARS, 2 * worn(*((f"visitor-{number}", "badge-1") for number in range(50))))
    assert (published.count, published.duplicates, published.dangling) == (50, 50, 50)
    assert 0 < len(published.duplicate_examples) <= 5
    assert 0 < len(published.dangling_examples) <= 5


@pytest.mark.parametrize(
    ("step", "rows", "error", "example"),
    [
        (BADGE, named("badge-2", "badge-2"), DuplicateKey, "badge-2"),
        (BADGE, named("visitor-1"), DuplicateKey, "visitor-1"),
        (WEARS, worn(("visitor-1", "badge-9")), DanglingEnd, "badge-9"),
    ],
)
def test_in_strict_mode_nothing_of_the_type_is_published(
    store: Store, step: Step, rows: list[Row], error: type[Exception], example: str
) -> None:
    publish(store, VISITOR, named("visitor-1"))
    publish(store, BADGE, named("badge-1"))
    publish(store, WEARS, worn(("visitor-1", "badge-1")))
    with pytest.raises(error, match=f"^1 .* such as {example}$"):
        publish(store, step, rows, strict=True)
    store.commit()
    assert seen() == ["badge-1", "visitor-1"]
    assert seen("SELECT _key FROM relationships") == ["visitor-1|wears|badge-1"]


def test_a_type_whose_class_has_changed_is_of_the_new_class(store: Store) -> None:
    publish(store, BADGE, named("badge-1"))
    publish(store, entity("contoso_badge", class_name="Device"), named("badge-1"))
    (record,) = store.records(BADGE)
    assert json.loads(record)["_class"] == ["Device"]


def test_nothing_of_a_type_is_in_the_graph_before_it_is_published(store: Store) -> None:
    publication = store.publication(BADGE)
    publication.add(named("badge-1"))
    assert keys(store, BADGE) == []
    publication.discard()
    store.commit()
    assert seen() == []


def many_worn(sizes: Iterable[int]) -> list[Row]:
    """Return a relationship for each size, all between the same two entities, and many more between others."""
    others = worn(*((f"visitor-{number}", "badge-1") for number in range(25_000)))
    return [*others, *(("visitor-1", "badge-2", json.dumps({"displayName": "WEARS", "size": size})) for size in sizes)]


def test_relationships_that_are_not_published_leave_nothing_however_many(store: Store) -> None:
    publish(store, BADGE, named("badge-1"))
    publication = store.publication(WEARS)
    publication.add(many_worn([1]))
    publication.discard()
    next_run(store)
    assert seen("SELECT count(*) FROM relationships") == [0]
    assert store.types() == ["contoso_badge"]
    assert publish(store, WEARS, worn(("visitor-1", "badge-1"))).count == 1
    store.commit()
    assert seen("SELECT _key FROM relationships") == ["visitor-1|wears|badge-1"]


def test_relationships_of_a_type_that_had_none_are_told_as_created(store: Store) -> None:
    publish(store, WEARS, [])
    store.remember(WEARS, {})
    next_run(store)
    publication = store.publication(WEARS)
    publication.add(many_worn([1]))
    assert publication.publish_changes(0, strict=False).count == 25_001
    publication.discard()
    assert store.counts_of_changes() == {WEARS.name: {"created": 25_001}}
    assert store.types() == [WEARS.name]
    next_run(store)
    assert store.count(WEARS) == 25_001


def test_in_strict_mode_too_many_relationships_leave_nothing(store: Store) -> None:
    with pytest.raises(DuplicateKey):
        publish(store, WEARS, many_worn([1, 2]), strict=True)
    store.commit()
    assert seen("SELECT count(*) FROM relationships") == [0]


@pytest.mark.parametrize("sizes", [(1, 2, 3), (3, 2, 1)])
def test_which_of_the_relationships_of_one_key_is_kept_does_not_depend_on_their_order(
    store: Store, sizes: tuple[int, ...]
) -> None:
    publication = store.publication(WEARS)
    for size in sizes:
        publication.add(many_worn([size]) if size == sizes[1] else many_worn([size])[-1:])
    published = publication.publish(complete=True, strict=False)
    publication.discard()
    assert (published.count, published.duplicates) == (25_001, 2)
    store.commit()
    assert seen("SELECT properties ->> 'size' FROM relationships WHERE _toEntityKey = 'badge-2'") == [1]


def test_records_are_whole_objects_sorted_by_key(store: Store) -> None:
    count = 2500
    for start in (1, 0):
        publish(store, BADGE, named(*(f"badge-{number}" for number in range(start, count, 2))), complete=False)
    records = [json.loads(record) for record in store.records(BADGE)]
    assert [record["_key"] for record in records] == sorted(f"badge-{number}" for number in range(count))
    assert records[0] == {"_key": "badge-0", "_type": "contoso_badge", "_class": ["Key"], "displayName": "badge-0"}
    assert len({key for key, _ in store.entities("contoso_badge")}) == store.count(BADGE) == count


def a_text() -> None:
    GRAPH.write_text("a diary, not a database. " * 100)


def the_database_of_another_program() -> None:
    with closing(sqlite3.connect(GRAPH)) as database:
        database.execute("CREATE TABLE entities(name)")
        database.commit()


@pytest.mark.parametrize("make", [a_text, GRAPH.mkdir, the_database_of_another_program])
def test_a_file_that_is_no_graph_is_refused_by_name(make: Callable[[], None]) -> None:
    make()
    with pytest.raises(OutputError, match=r"^graph\.db: not usable as a graph: .*; remove it or choose another --out$"):
        Store(GRAPH)
    held = [os.path.realpath(each) for each in Path("/proc/self/fd").glob("*")]
    assert str(GRAPH.absolute()) not in held


def test_a_graph_that_cannot_be_opened_now_is_not_to_be_removed() -> None:
    Store(GRAPH).close()
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (3, before[1]))
    try:
        with pytest.raises(OutputError) as caught:
            Store(GRAPH)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)
    assert str(caught.value).startswith("graph.db: cannot be opened: unable to open database file: make it readable")
    Store(GRAPH).close()


def steps_to_note_absent(count: int) -> int:
    """Return how many thousand steps SQLite takes to note that half of a type's relationships are gone."""
    taken = [0]
    sql = RELATIONSHIPS.on("new", "old")
    with closing(sqlite3.connect(":memory:")) as database:
        database.executescript(SCHEMA)
        database.execute(sql.make[0])
        ends = [(f"visitor-{number}", "badge-1") for number in range(count)]
        database.executemany("INSERT INTO edges VALUES(1, ?, ?, NULL)", ends)
        database.executemany("INSERT INTO new(source, target) VALUES(?, ?)", ends[::2])
        database.set_progress_handler(lambda: taken.__setitem__(0, taken[0] + 1), 1000)
        assert database.execute(sql.note_absent, (1, 1)).rowcount == count // 2
    return taken[0]


def test_to_find_what_is_gone_takes_steps_in_proportion_to_the_relationships() -> None:
    assert steps_to_note_absent(4000) < 8 * steps_to_note_absent(1000)
