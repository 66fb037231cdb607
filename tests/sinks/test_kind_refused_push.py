"""What PostgreSQL refuses: one error that says where and what to do, nothing half-written, and the next push whole."""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg
import pytest

from integration import OutputError
from integration.sinks.postgresql.sink import PostgresqlSink
from integration.store.store import Store
from steps.entra.group import azure_user_group_has_user
from steps.entra.user import azure_user
from tests.sinks.postgresql import Server, collect, expected, held, push, query
from tests.support import named, worn

STEPS = (azure_user, azure_user_group_has_user)
USERS = [f"user-{number}" for number in range(40)]
UNCHANGED = "; it holds what it held before, until a push succeeds"


@pytest.fixture
def url(postgresql_url: str) -> str:
    return postgresql_url


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    """A graph that has changed since it was pushed."""
    with closing(Store(Path("graph.db"))) as store:
        collect(store, {azure_user: named(*USERS, size=1), azure_user_group_has_user: worn(*(("g", u) for u in USERS))})
        push(url, store, STEPS)
        change(store, size=2)
        yield store


def change(store: Store, users: int = 39, **properties: object) -> None:
    users_now = [*USERS[1:], *(f"guest-{number}" for number in range(users - 39)), "user-new"]
    pairs = worn(*(("g", user) for user in users_now))
    collect(store, {azure_user: named(*users_now, **properties), azure_user_group_has_user: pairs})


def refusal(url: str, store: Store, *, late: bool = True) -> str:
    """Return what a push, or the check before it, says that the server refuses; everything is as it was."""
    tables = ("entities", "relationships", "revisions", "verdicts")
    rows = "SELECT ARRAY(SELECT to_jsonb(t) FROM integration.{} AS t ORDER BY 1)"
    before = [query(url, rows.format(table)) for table in tables]
    with pytest.raises(OutputError) as caught:
        push(url, store, STEPS) if late else PostgresqlSink(url).check()
    assert [query(url, rows.format(table)) for table in tables] == before
    message = str(caught.value)
    assert len(message.splitlines()) == 1
    assert message.endswith(UNCHANGED) == late
    return message.removesuffix(UNCHANGED)


CHANGED = "somebody has changed the tables: undo that, or drop the table with CASCADE, and pushes make all of them anew"
DAMAGES = {
    "an entity's key": ("entities", "DROP CONSTRAINT entities_pkey"),
    "a relationship's key": ("relationships", "DROP CONSTRAINT relationships_pkey"),
    "a revision's key": ("revisions", "DROP CONSTRAINT revisions_pkey"),
    "a column": ("entities", "DROP COLUMN _class CASCADE"),
    "a column of revisions": ("revisions", "DROP COLUMN behind"),
    "a column of verdicts": ("verdicts", "DROP COLUMN seconds"),
    "a column's name": ("relationships", "RENAME COLUMN properties TO theirs"),
}


@pytest.mark.parametrize(("table", "damage"), DAMAGES.values(), ids=DAMAGES)
def test_a_table_that_somebody_changed_is_told_before_the_run_and_made_anew_once_it_is_dropped(
    url: str, store: Store, table: str, damage: str
) -> None:
    query(url, f"ALTER TABLE integration.{table} {damage}")
    message = refusal(url, store, late=False)
    assert f" (at the table {table}): " in message
    assert message.endswith(CHANGED)
    query(url, f"DROP TABLE integration.{table} CASCADE")
    PostgresqlSink(url).check()
    push(url, store, STEPS)
    assert held(url, store.scope) == expected(store, STEPS)


def test_a_column_of_another_type(url: str, store: Store) -> None:
    query(url, "DROP VIEW integration.azure_user, integration.tenants")
    query(url, "ALTER TABLE integration.entities ALTER COLUMN properties TYPE text")
    assert refusal(url, store).endswith(CHANGED)
    query(url, "ALTER TABLE integration.entities ALTER COLUMN properties TYPE jsonb USING properties::jsonb")
    push(url, store, STEPS)
    assert held(url, store.scope) == expected(store, STEPS)


def test_a_table_that_is_a_materialized_view_now(url: str, store: Store) -> None:
    query(url, "ALTER TABLE integration.entities RENAME TO theirs")
    query(url, "CREATE MATERIALIZED VIEW integration.entities AS SELECT * FROM integration.theirs")
    assert 'view "entities" (at the table entities): somebody has changed' in refusal(url, store, late=False)
    query(url, "DROP MATERIALIZED VIEW integration.entities; ALTER TABLE integration.theirs RENAME TO entities")
    push(url, store, STEPS)
    assert held(url, store.scope) == expected(store, STEPS)


def test_a_view_that_stands_for_a_table_is_written_through(url: str, store: Store) -> None:
    query(url, "ALTER TABLE integration.entities RENAME TO theirs")
    query(url, "CREATE VIEW integration.entities AS SELECT * FROM integration.theirs")
    PostgresqlSink(url).check()
    push(url, store, STEPS)
    assert held(url, store.scope) == expected(store, STEPS)


RULES = {
    "a column that wants a value": ("ADD theirs text NOT NULL DEFAULT 'x'", "ALTER theirs DROP DEFAULT", "DROP theirs"),
    "a constraint": ("ADD CONSTRAINT theirs CHECK (_key <> 'user-new')", "DROP CONSTRAINT theirs"),
}


@pytest.mark.parametrize("rules", RULES.values(), ids=RULES)
def test_a_rule_that_somebody_added(url: str, store: Store, rules: tuple[str, ...]) -> None:
    for rule in rules[:-1]:
        query(url, f"ALTER TABLE integration.entities {rule}")
    assert "(at the table entities): a constraint or a trigger that somebody has added" in refusal(url, store)
    query(url, f"ALTER TABLE integration.entities {rules[-1]}")
    push(url, store, STEPS)
    assert held(url, store.scope) == expected(store, STEPS)


@pytest.mark.parametrize("setting", ["lock_timeout", "statement_timeout"])
def test_a_push_that_the_role_gives_too_little_time(postgresql: Server, url: str, store: Store, setting: str) -> None:
    name = url.rpartition("/")[2]
    with psycopg.connect(url) as blocker:
        blocker.execute("LOCK TABLE integration.relationships IN EXCLUSIVE MODE")
        query(postgresql.url("postgres"), f"ALTER DATABASE {name} SET {setting} = 100")
        message = refusal(url, store)
        assert message.endswith(f"or in the URL with ?options=-c{setting}%3D0, then try again")
    push(f"{url}?options=-c{setting}%3D0", store, STEPS)
    assert held(url, store.scope) == expected(store, STEPS)


def test_a_check_does_not_wait_for_who_holds_the_tables(url: str, store: Store) -> None:
    with psycopg.connect(url) as another:
        another.execute("LOCK TABLE integration.relationships")
        PostgresqlSink(url).check()
        another.rollback()
    push(url, store, STEPS)
    assert held(url, store.scope) == expected(store, STEPS)


def test_a_server_that_is_read_only_by_the_time_of_the_push(postgresql: Server, url: str, store: Store) -> None:
    name = url.rpartition("/")[2]
    query(postgresql.url("postgres"), f"ALTER DATABASE {name} SET default_transaction_read_only = on")
    assert "is read-only by now: name the one that takes writes" in refusal(url, store)
    query(postgresql.url("postgres"), f"ALTER DATABASE {name} RESET default_transaction_read_only")
    push(url, store, STEPS)
    assert held(url, store.scope) == expected(store, STEPS)


def test_a_user_that_may_not_write_the_tables_is_told_before_the_run(
    postgresql: Server, url: str, store: Store
) -> None:
    query(url, "CREATE ROLE reader LOGIN PASSWORD 'r'; GRANT USAGE ON SCHEMA integration TO reader")
    query(url, "GRANT SELECT ON ALL TABLES IN SCHEMA integration TO reader")
    with pytest.raises(OutputError, match=r"\(at the table entities\): grant it to the user of the URL, or push as"):
        PostgresqlSink(postgresql.url(url.rpartition("/")[2], user="reader", password="r")).check()
    query(url, "DROP OWNED BY reader; DROP ROLE reader")


@contextmanager
def small_disk(server: Server) -> Iterator[Path]:
    """Mount a file system that is full soon, of which the server can make a tablespace."""
    folder = server.own_folder("small")
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)]
    if shutil.which("mount") is None or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("nothing can be mounted here: that needs CAP_SYS_ADMIN")
    try:
        server.give(folder)
        yield folder
    finally:
        subprocess.run(["umount", folder], check=True)


def test_a_disk_that_is_full(postgresql: Server, url: str, store: Store) -> None:
    admin = postgresql.url("postgres")
    with small_disk(postgresql) as folder:
        with psycopg.connect(admin, autocommit=True) as connection:
            connection.execute(f"CREATE TABLESPACE small LOCATION '{folder}'".encode())
        try:
            query(url, "ALTER TABLE integration.relationships SET TABLESPACE small")
            change(store, 20_000)
            message = refusal(url, store)
            assert "No space left on device (at the table relationships): make room on the server's disk" in message
            subprocess.run(["mount", "-o", "remount,size=64m", folder], check=True)
            push(url, store, STEPS)
            assert held(url, store.scope) == expected(store, STEPS)
        finally:
            query(url, "ALTER TABLE integration.relationships SET TABLESPACE pg_default")
            with psycopg.connect(admin, autocommit=True) as connection:
                connection.execute("DROP TABLESPACE small")
