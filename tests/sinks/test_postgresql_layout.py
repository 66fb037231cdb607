"""The tables and views in PostgreSQL: what people query, and what is never touched."""

import importlib.util
import json
from collections.abc import Iterator
from contextlib import closing
from decimal import Decimal
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.rows import dict_row

from integration import OutputError, Step, load
from integration.sdk.plugins import declared_steps
from integration.sinks.postgresql.sink import PostgresqlSink
from integration.store.store import Store
from steps.entra.group import azure_user_group_has_user
from steps.entra.user import azure_user
from tests.sinks.postgresql import collect, expected, held, push, query
from tests.support import named, worn, write

STEP = '''
"""Badges."""
from integration import entity_step

@entity_step("Key")
def contoso_badge(ctx):
    """A badge that opens doors."""
    yield from ()
'''
TABLES = ("about", "entities", "relationships", "revisions", "verdicts")


@pytest.fixture
def url(postgresql_url: str) -> str:
    return postgresql_url


@pytest.fixture
def store() -> Iterator[Store]:
    with closing(Store(Path("graph.db"))) as store:
        yield store


def badge(**properties: str | list[str]) -> Step:
    """Return a step whose schema has properties of these types."""
    described = {name: {"type": kind, "description": "A property."} for name, kind in properties.items()}
    write(Path("badges"), {"contoso_badge.py": STEP, "contoso_badge.json": json.dumps({"properties": described})})
    spec = importlib.util.spec_from_file_location("contoso_badge", Path("badges/contoso_badge.py").resolve())
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    step: Step = module.contoso_badge
    return step


def columns(url: str, name: str = "contoso_badge") -> list[tuple[Any, ...]]:
    return query(
        url,
        "SELECT attname, format_type(atttypid, NULL) FROM pg_attribute"
        f" WHERE attrelid = 'integration.{name}'::regclass ORDER BY attnum",
    )


def refusal(url: str) -> str:
    with pytest.raises(OutputError) as caught:
        PostgresqlSink(url).check()
    return str(caught.value)


def test_a_view_has_the_properties_of_a_type_as_columns(url: str, store: Store) -> None:
    kinds = {
        "active": "boolean", "count": "integer", "ratio": "number", "doors": "array", "scope": "string",
        "tag.Cost Center": "string", "note": "string", "absent": "string",
    }  # fmt: skip
    properties = {
        "active": True, "count": 2**63, "ratio": 0.1, "doors": ["Gate", "Tür"], "scope": "a", "tag.Cost Center": "7",
        "note": 'it\'s "so"', "undeclared": 1,
    }  # fmt: skip
    step = badge(**kinds)
    collect(store, {step: named("badge-1", **properties)})
    push(url, store, [step])
    with psycopg.connect(url, row_factory=dict_row) as connection:
        (row,) = connection.execute("SELECT * FROM integration.contoso_badge").fetchall()
    del properties["undeclared"]
    system = {"_scope": store.scope, "_key": "badge-1", "_type": "contoso_badge", "_class": ["Key"]}
    assert row == {
        **system, **properties, "displayName": "badge-1", "ratio": Decimal("0.1"), "count": Decimal(2**63),
        "absent": None,
    }  # fmt: skip


def test_the_view_of_a_relationship_has_its_ends(url: str, store: Store) -> None:
    collect(store, {azure_user_group_has_user: worn(("group-1", "user-1"))})
    push(url, store, [azure_user_group_has_user])
    view = "integration.azure_user_group_has_user"
    row = f'SELECT _scope, _key, _class, "_fromEntityKey", "_toEntityKey", "displayName" FROM {view}'
    assert query(url, row) == [(store.scope, "group-1|has|user-1", "HAS", "group-1", "user-1", "HAS")]


def test_a_view_follows_its_schema_and_what_reads_it_goes_on(url: str, store: Store) -> None:
    first = badge(colour="string", size="integer")
    collect(store, {first: named("badge-1", colour="red", size=1)})
    push(url, store, [first])
    query(url, "CREATE VIEW public.colours AS SELECT colour FROM integration.contoso_badge")
    second = badge(doors="array", size="integer", colour="string")
    push(url, store, [second])
    system = ["_scope", "_key", "_type", "_class"]
    assert [name for name, _ in columns(url)] == [*system, "displayName", "colour", "size", "doors"]
    assert query(url, "SELECT * FROM public.colours") == [("red",)]
    query(url, "DROP VIEW public.colours")
    push(url, store, [badge(size="string")])
    assert columns(url)[4:] == [("displayName", "text"), ("size", "text")]
    assert query(url, "SELECT size FROM integration.contoso_badge") == [("1",)]


def test_a_name_that_postgresql_would_cut_stands_for_one_property(url: str, store: Store) -> None:
    begins = "profile.ofWhatIsDoneBeforeAMachineIsStopped.notificationOfTermination"
    step = badge(**{f"{begins}.enable": "boolean", f"{begins}.notBefore": "string"})
    collect(store, {step: named("badge-1", **{f"{begins}.enable": True, f"{begins}.notBefore": "PT5M"})})
    push(url, store, [step])
    (_, (first, _), (second, _)) = columns(url)[4:]
    assert {len(first), len(second)} == {63}
    assert query(url, f'SELECT "{first}", "{second}" FROM integration.contoso_badge') == [(True, "PT5M")]
    query(url, "CREATE VIEW public.mine AS SELECT * FROM integration.contoso_badge")
    push(url, store, [step])
    assert len(query(url, "SELECT * FROM public.mine")) == 1
    query(url, "DROP VIEW public.mine")


@pytest.mark.every_type
@pytest.mark.every_area
def test_every_type_has_a_view(url: str, store: Store) -> None:
    steps = [*declared_steps(load())]
    push(url, store, steps)
    views = "SELECT count(*) FROM pg_views WHERE schemaname = 'integration' AND viewname <> 'tenants'"
    assert query(url, views) == [(len(steps),)]


def test_a_value_that_is_not_as_the_schema_says_does_not_break_the_view(url: str, store: Store) -> None:
    step = badge(active="boolean", size="integer")
    collect(store, {step: [*named("badge-1", active="yes", size="L"), *named("badge-2", active=False, size=2)]})
    push(url, store, [step])
    rows = query(url, "SELECT active, size FROM integration.contoso_badge ORDER BY _key")
    assert rows == [(None, None), (False, Decimal(2))]


def test_both_ends_of_relationships_and_keys_are_found_by_an_index(url: str, store: Store) -> None:
    ends = [(f"group-{number % 40}", f"user-{number}") for number in range(4000)]
    users = named(*(f"user-{number}" for number in range(4000)))
    collect(store, {azure_user_group_has_user: worn(*ends), azure_user: users})
    push(url, store, [azure_user, azure_user_group_has_user])
    query(url, "ANALYZE integration.entities, integration.relationships")
    for column, table in (("_key", "entities"), ("_fromEntityKey", "relationships"), ("_toEntityKey", "relationships")):
        plan = query(url, f"""EXPLAIN SELECT * FROM integration.{table} WHERE "{column}" = 'user-7'""")
        assert "Index" in str(plan)


def test_the_schema_is_the_one_that_the_url_names(url: str, store: Store) -> None:
    collect(store, {azure_user: named("user-1")})
    push(f'{url}?schema=my%20"Entra"', store, [azure_user])
    assert held(url, store.scope, 'my "Entra"') == expected(store, [azure_user])
    assert query(url, "SELECT to_regclass('integration.entities')") == [(None,)]


@pytest.mark.parametrize("name", TABLES)
def test_a_table_of_somebody_else_is_refused_and_left_alone(url: str, store: Store, name: str) -> None:
    query(url, f"CREATE SCHEMA integration; CREATE TABLE integration.{name}(name text, value text)")
    query(url, f"INSERT INTO integration.{name} VALUES ('theirs', '1')")
    assert f"has a table {name} that is not ours: name another with ?schema=NAME" in refusal(url)
    collect(store, {azure_user: named("user-1")})
    with pytest.raises(OutputError, match="not ours"):
        push(url, store, [azure_user])
    assert query(url, f"SELECT * FROM integration.{name}") == [("theirs", "1")]
    push(f"{url}?schema=entra", store, [azure_user])


@pytest.mark.parametrize("kind", ["TABLE integration.azure_user(a text)", "VIEW integration.azure_user AS SELECT 1"])
def test_a_table_or_view_of_a_types_name_that_is_not_ours_is_refused(url: str, store: Store, kind: str) -> None:
    collect(store, {azure_user: named("user-1")})
    query(url, f"CREATE SCHEMA integration; CREATE {kind}")
    with pytest.raises(OutputError, match='a table or view "azure_user" that is not ours'):
        push(url, store, [azure_user])
    assert query(url, "SELECT to_regclass('integration.entities')") == [(None,)]


def test_an_older_layout_is_made_anew(url: str, store: Store) -> None:
    collect(store, {azure_user: named("user-1"), azure_user_group_has_user: worn(("group-1", "user-1"))})
    push(url, store, [azure_user, azure_user_group_has_user])
    query(url, "UPDATE integration.about SET value = '0' WHERE name = 'layout'")
    query(url, "ALTER TABLE integration.entities ADD COLUMN old text")
    PostgresqlSink(url).check()
    push(url, store, [azure_user, azure_user_group_has_user])
    assert held(url, store.scope) == expected(store, [azure_user, azure_user_group_has_user])
    assert ("old", "text") not in columns(url, "entities")
    assert query(url, "SELECT value FROM integration.about WHERE name = 'layout'") == [("1",)]


def test_an_older_layout_that_somebody_builds_on_stays(url: str, store: Store) -> None:
    collect(store, {azure_user: named("user-1")})
    push(url, store, [azure_user])
    query(url, "UPDATE integration.about SET value = '0' WHERE name = 'layout'")
    query(url, "CREATE VIEW public.mine AS SELECT _key FROM integration.entities")
    with pytest.raises(OutputError, match="depend"):
        push(url, store, [azure_user])
    assert query(url, "SELECT * FROM public.mine") == [("user-1",)]
    assert query(url, "SELECT count(*) FROM integration.azure_user") == [(1,)]


def test_tables_of_which_one_was_dropped_are_made_anew(url: str, store: Store) -> None:
    collect(store, {azure_user: named("user-1"), azure_user_group_has_user: worn(("group-1", "user-1"))})
    push(url, store, [azure_user, azure_user_group_has_user])
    query(url, "DROP TABLE integration.relationships CASCADE")
    push(url, store, [azure_user, azure_user_group_has_user])
    assert held(url, store.scope) == expected(store, [azure_user, azure_user_group_has_user])


def test_the_layout_of_a_newer_version_is_refused(url: str, store: Store) -> None:
    collect(store, {azure_user: named("user-1")})
    push(url, store, [azure_user])
    query(url, "UPDATE integration.about SET value = '7' WHERE name = 'layout'")
    assert "made by a newer version (layout 7): update this one" in refusal(url)
    with pytest.raises(OutputError, match="newer version"):
        push(url, store, [azure_user])
