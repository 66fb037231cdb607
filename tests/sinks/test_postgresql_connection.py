"""Reaching PostgreSQL: libpq's rules, one clear message, and never a password in it."""

import os
import socket
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from integration import ConfigurationError, IntegrationError, load
from integration.sinks import make_sinks
from integration.sinks.postgresql.sink import PostgresqlSink
from integration.store.store import Store
from steps.entra.user import azure_user
from tests.sinks.postgresql import PASSWORD, USER, Server, collect, expected, held, push, query
from tests.support import named

WRONG = "Sw0rdfish"


@pytest.fixture
def store() -> Iterator[Store]:
    with closing(Store(Path("graph.db"))) as store:
        collect(store, {azure_user: named("user-1")})
        yield store


def refusal(url: str) -> str:
    """Return why a destination cannot be used: one line, without the password and what its place in the URL hides."""
    with pytest.raises(IntegrationError) as caught:
        make_sinks(load(), [url])
    message = str(caught.value).removeprefix("the settings cannot be used:\n  - ")
    assert "\n" not in message
    assert not [secret for secret in (WRONG, WRONG[:4], PASSWORD, PASSWORD[:4]) if secret in message]
    return message


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("postgresql://ada:Sw0rdfish@db.example:5433/graph?sslmode=require", "postgresql://db.example:5433/graph"),
        ("postgres://ada@db.example/graph?schema=entra&password=Sw0rdfish", "postgres://db.example/graph?schema=entra"),
        ("postgresql://ada:Sw0?rd#f/ish@db.example", None),
        ("postgresql://ada:Sw0?rd#fish@db.example", "postgresql://db.example"),
        ("postgresql://ada:Sw0rd@fish@db.example/graph", None),
        ("postgresql://ada:5432/Sw0rdfish@db.example/graph", None),
        ("postgresql://ada:Sw0rdfish", None),
        ("postgresql:///graph?host=/run&schema=entra&password=Sw0rdfish", "postgresql:///graph?schema=entra"),
        ("postgresql://[::1]:5433,db.example/x?schema=a%20b", "postgresql://[::1]:5433,db.example/x?schema=a b"),
        ("postgresql:graph", None),
        ("postgresql://db.example/graph?schema=", None),
        (f"postgresql://db.example/graph?schema={'x' * 64}", None),
    ],
)  # fmt: skip
def test_what_is_shown_of_a_url_has_no_secret(url: str, shown: str | None) -> None:
    if shown is None:
        with pytest.raises(ConfigurationError) as caught:
            PostgresqlSink(url)
        assert "Sw0" not in str(caught.value)
    else:
        assert PostgresqlSink(url).url == shown


@pytest.mark.parametrize("rest", ["?password=Sw0rdfish&what", "?nonsense=Sw0rdfish", "?password=Sw0rd%zzfish"])
def test_a_url_that_libpq_does_not_take_is_refused_without_repeating_it(rest: str) -> None:
    assert refusal(f"postgresql://ada@127.0.0.1/graph{rest}")


def test_a_wrong_password_is_told_in_one_message_without_it(postgresql: Server, database: str) -> None:
    message = refusal(postgresql.url(database, password=WRONG))
    assert f"postgresql://127.0.0.1:{postgresql.port}/{database}: " in message
    assert "password authentication failed" in message
    assert message == refusal(f"{postgresql.url(database, password=None)}?password={WRONG}")


def test_a_server_that_cannot_be_reached_is_told_in_one_message(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    assert "refused" in refusal(f"postgresql://ada:{WRONG}@127.0.0.1:{port}/graph")
    with socket.create_server(("127.0.0.1", 0)) as silent:
        monkeypatch.setenv("PGCONNECT_TIMEOUT", "2")
        assert "timeout" in refusal(f"postgresql://ada:{WRONG}@127.0.0.1:{silent.getsockname()[1]}/graph")


@pytest.mark.parametrize(("query", "seconds"), [("", 60), ("?keepalives_idle=7", 7)])
def test_a_server_that_vanished_without_a_word_is_not_waited_for_as_long_as_the_system_would(
    postgresql: Server, database: str, store: Store, query: str, seconds: int
) -> None:
    push(postgresql.url(database), store, [azure_user])
    with (
        PostgresqlSink(f"{postgresql.url(database)}{query}").reading() as connection,
        socket.socket(fileno=os.dup(connection.fileno())) as wire,
    ):
        assert wire.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
        assert wire.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE) == seconds


def test_the_password_may_come_from_the_environment_or_a_file(
    postgresql: Server, database: str, store: Store, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    url = postgresql.url(database, password=None)
    assert "no password supplied" in refusal(url)
    monkeypatch.setenv("PGPASSWORD", f"{PASSWORD}\r\n")
    PostgresqlSink(url).check()
    monkeypatch.delenv("PGPASSWORD")
    monkeypatch.setenv("PGPASSFILE", str(tmp_path / "pgpass"))
    (tmp_path / "pgpass").write_text(f"127.0.0.1:{postgresql.port}:{database}:{USER}:{PASSWORD}\n")
    (tmp_path / "pgpass").chmod(0o600)
    push(url, store, [azure_user])
    assert held(postgresql.url(database), store.scope) == expected(store, [azure_user])


def test_parts_that_the_url_leaves_out_come_from_the_environment(
    postgresql: Server, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PGHOST", "127.0.0.1")
    monkeypatch.setenv("PGPORT", str(postgresql.port))
    monkeypatch.setenv("PGPASSWORD", f"{PASSWORD}\r\n")
    (sink,) = make_sinks(load(), [f"postgres:///{database}?user={USER}"])
    assert sink.url == f"postgres:///{database}"


def test_a_missing_driver_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    assert "pip install 'integration-microsoft-entra[postgresql]'" in refusal(f"postgresql://ada:{WRONG}@127.0.0.1/x")


def test_who_may_not_make_tables_is_told_before_anything_is_read(postgresql: Server, database: str) -> None:
    url = postgresql.url(database)
    query(url, "CREATE ROLE reader LOGIN PASSWORD 'reader'; CREATE SCHEMA entra")
    reader = postgresql.url(database, user="reader", password="reader")
    assert 'may not make the schema "integration"' in refusal(reader)
    assert 'may not make tables in the schema "entra"' in refusal(f"{reader}?schema=entra")
    query(url, "GRANT USAGE, CREATE ON SCHEMA entra TO reader")
    make_sinks(load(), [f"{reader}?schema=entra"])


def test_a_database_that_cannot_take_the_graph_is_refused(postgresql: Server, database: str) -> None:
    with postgresql.database("ENCODING 'SQL_ASCII' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0") as ascii_only:
        assert "ENCODING 'UTF8'" in refusal(postgresql.url(ascii_only))
    read_only = f"{postgresql.url(database)}?options=-cdefault_transaction_read_only%3Don"
    assert "read-only" in refusal(read_only)
