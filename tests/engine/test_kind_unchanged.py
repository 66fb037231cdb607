"""A run that found nothing new writes nothing to a database, and still does what is due when something changes."""

from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from integration import load
from integration.sdk.plugins import declared_steps
from integration.store.store import Store
from tests.sinks.postgresql import collect, expected, held, push
from tests.support import named

USER = next(step for step in declared_steps(load()) if step.name == "azure_user")


@pytest.mark.parametrize("runs", [1, 30, 60])
def test_postgresql_writes_nothing_for_runs_without_changes(postgresql_url: str, runs: int) -> None:
    with closing(Store(Path("graph.db"))) as store:
        collect(store, {USER: named("user-1", "user-2")})
        push(postgresql_url, store, [USER])
        collect(store, {USER: named("user-1", "user-2")})
        before = _written(postgresql_url)
        push(postgresql_url, store, [USER])
        assert _written(postgresql_url) == before
        for _ in range(runs):
            collect(store, {USER: named("user-1", "user-2")})
        collect(store, {USER: named("user-2", "user-3")})
        push(postgresql_url, store, [USER])
        assert held(postgresql_url, store.scope) == expected(store, [USER])


def _written(url: str) -> list[tuple[object, ...]]:
    """Return which transaction has written each row, and the views."""
    with psycopg.connect(url) as connection:
        connection.execute("SET search_path TO integration")
        tables = ("entities", "relationships", "revisions", "verdicts", "about", "pg_class")
        return [
            row for name in tables for row in connection.execute(f"SELECT xmin::text, ctid::text FROM {name}".encode())
        ]
