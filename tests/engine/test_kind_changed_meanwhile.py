"""What changes while a step is run on what changed: its records are of one state, that before and that after it."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from integration import load, plan, run
from integration.config.settings import Config
from integration.sdk.row import Row
from integration.sources.reader import Reader
from integration.sources.request import Request
from integration.text.secret import Secret
from tests.simulator import Simulator, Tenant, synthetic_tenant

TYPE, OTHERS = "azure_user_group_has_user", "/others"


def read(simulator: Simulator, out: str) -> str:
    manager = load()
    config = Config(graph_url=simulator.url, access_token=Secret(simulator.token))
    return run(manager, plan(manager, only=[TYPE]), config, out=out).of(TYPE).verdict


def links(out: str) -> set[Any]:
    with closing(sqlite3.connect(Path(out) / "graph.db")) as database:
        return set(database.execute(f"SELECT _fromEntityKey, _toEntityKey FROM {TYPE}"))


def joined(tenant: Tenant, group: str) -> None:
    tenant.add_member(group, tenant.add_user({"id": "0d0c0b0a-0000-4000-8000-000000000001", "displayName": "New"}))


def test_a_deletion_that_another_listing_tells_of_meanwhile_is_not_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    tenant = synthetic_tenant(users=30, groups=6, memberships=60, seed=3)
    group, user = next((group, member) for group, kind, member in tenant.memberships() if kind == "user")
    changes = Reader.changes
    told: list[bool] = []

    def changes_of_then(reader: Reader, request: Request, *, before: bool) -> Iterator[tuple[str, Row]]:
        yield from changes(reader, request, before=before)
        if request.kind == "relation" and not told:
            told.append(before)
            tenant.delete(user)
            reader.mirror.begin(OTHERS, None)
            reader.mirror.complete(OTHERS)
            reader.mirror.change(OTHERS, {}, [user], None)
            reader.settle(request)

    with Simulator(tenant) as simulator:
        assert read(simulator, "out") == "complete"
        joined(tenant, group)
        monkeypatch.setattr(Reader, "changes", changes_of_then)
        assert read(simulator, "out") == "complete"
        assert told == [True]
        for _ in range(2):
            assert read(simulator, "out") == "complete"
        assert read(simulator, "fresh") == "complete"
    assert links("out") == links("fresh")
