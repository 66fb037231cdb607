"""Runs against the simulator that end in PostgreSQL: whatever goes wrong deletes nothing that was known."""

import json
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
from click.testing import CliRunner

from integration import Report, load, plan, run
from integration.cli import main
from integration.config.settings import Config
from integration.sdk.plugins import declared_steps
from integration.sinks.postgresql.sink import PostgresqlSink
from integration.store.store import Store
from integration.text.secret import Secret
from steps.entra.user import azure_user
from tests.simulator import Faults, Simulator, Tenant, synthetic_tenant
from tests.sinks.postgresql import PASSWORD, expected, held, query

LOST_USERS, LOST_MEMBERS = (Faults(cut_short=url) for url in (r"/users\?.*skiptoken", r"batch$"))
"""These pages never come whole, however often they are asked for."""


@pytest.fixture
def url(postgresql_url: str) -> str:
    return postgresql_url


@pytest.fixture
def tenant() -> Tenant:
    return synthetic_tenant(users=120, groups=30, memberships=500, seed=41)


def read(simulator: Simulator, url: str, *, fresh: bool = False, **chosen: tuple[str, ...]) -> Report:
    manager = load()
    config = Config(
        graph_url=simulator.url, access_token=Secret(simulator.token), to=(url,), fresh=fresh, allow_mass_delete=True
    )
    return run(manager, plan(manager, **chosen), config, out="out")


@contextmanager
def graph() -> Iterator[Store]:
    with closing(Store(Path("out/graph.db"))) as store:
        yield store


def there(url: str) -> list[dict[str, Any]]:
    with graph() as store:
        return held(url, store.scope)


def is_exactly_the_graph(url: str) -> bool:
    with graph() as store:
        found = expected(store, declared_steps(load()))
        return bool(found) and held(url, store.scope) == found


def keys(records: list[dict[str, Any]], *types: str) -> set[str]:
    return {record["_key"] for record in records if record["_type"] in types}


def lose_much(tenant: Tenant) -> None:
    """Delete users and groups, so that a destination that believes a broken run would delete them."""
    for user in list(tenant.users)[:40]:
        tenant.delete(user)
    for group in list(tenant.groups)[:10]:
        tenant.delete(group)


def test_a_run_and_those_after_it_end_with_exactly_the_graph(url: str, tenant: Tenant) -> None:
    with Simulator(tenant) as simulator:
        for seed in range(3):
            assert read(simulator, url).failed_sinks == {}
            assert is_exactly_the_graph(url)
            tenant.mutate(60, seed=seed)


@pytest.mark.parametrize(
    ("faults", "chosen", "kept"),
    [
        (Faults(forbidden={"/users": "Authorization_RequestDenied"}), {}, ("azure_user", "azure_account_has_user")),
        (Faults(), {"skip": ("azure_user",)}, ("azure_user", "azure_user_group_has_user")),
        (
            Faults(forbidden={"/groups": "Authorization_RequestDenied"}), {},
            ("azure_user_group", "azure_user_group_has_user", "azure_user_assigned_group"),
        ),
        (LOST_USERS, {}, ("azure_user", "azure_user_group_has_user")),
        (LOST_MEMBERS, {}, ("azure_user_assigned_group", "azure_user_group_has_user")),
        (Faults(), {"only": ("azure_user_group",)}, ("azure_user", "azure_user_group_has_user")),
    ],
    ids=["forbidden", "disabled", "failed dependency", "lost users", "lost members", "only"],
)  # fmt: skip
def test_what_a_run_did_not_see_is_not_deleted(
    url: str, tenant: Tenant, faults: Faults, chosen: dict[str, tuple[str, ...]], kept: tuple[str, ...]
) -> None:
    with Simulator(tenant, page_size=20) as simulator:
        read(simulator, url)
    before = there(url)
    lose_much(tenant)
    with Simulator(tenant, page_size=20, faults=faults, port=urlsplit(simulator.url).port or 0) as simulator:
        report = read(simulator, url, fresh=True, **chosen)
    assert report.failed_sinks == {}
    assert set(kept) <= set(report.incomplete)
    after = there(url)
    for name in report.incomplete:
        assert keys(before, name) <= keys(after, name), name
    assert keys(before, *kept)
    with Simulator(tenant, port=urlsplit(simulator.url).port or 0) as simulator:
        assert not read(simulator, url).incomplete
    assert is_exactly_the_graph(url)
    assert len(keys(there(url), "azure_user")) == len(tenant.users)


def test_the_demo_ends_up_there_from_the_command_line(url: str) -> None:
    done = CliRunner().invoke(main, ["run", "--demo", "--out", "out", "--to", url])
    assert done.exit_code == 0, done.output
    assert is_exactly_the_graph(url)


def test_a_destination_that_fails_harms_neither_the_run_nor_another_one(url: str) -> None:
    query(url, "CREATE SCHEMA integration; CREATE TABLE integration.azure_user(theirs text)")
    done = CliRunner().invoke(main, ["run", "--demo", "--out", "out", "--to", url, "--to", "files:files"])
    assert done.exit_code == 1
    failed = json.loads(Path("out/summary.json").read_text())["failedSinks"]
    assert list(failed) == [PostgresqlSink(url).url]
    assert quote(PASSWORD, safe="") not in done.output + str(failed)
    with graph() as store:
        lines = Path("files/entities/azure_user.jsonl").read_bytes().splitlines()
        assert lines == list(store.records(azure_user))
    query(url, "DROP TABLE integration.azure_user")
    assert CliRunner().invoke(main, ["run", "--demo", "--out", "out", "--to", url]).exit_code == 0
    assert is_exactly_the_graph(url)


def test_a_view_says_which_scope_is_which_tenant(url: str) -> None:
    scopes: list[str] = []
    for name in ("contoso", "fabrikam"):
        tenant = synthetic_tenant(users=5, groups=1, memberships=5)
        tenant.organization["id"] = f"0a0b0c0d-0000-4000-8000-00000000000{len(scopes)}"
        tenant.organization["displayName"] = name
        with Simulator(tenant) as simulator:
            config = Config(graph_url=simulator.url, access_token=Secret(simulator.token), to=(url,))
            manager = load()
            run(manager, plan(manager), replace(config, directory_id=f"{name}.example"), out=name)
        with closing(Store(Path(name, "graph.db"))) as store:
            scopes.append(store.scope)
    told = query(url, "SELECT _scope, name FROM integration.tenants ORDER BY name")
    assert told == list(zip(scopes, ["contoso", "fabrikam"], strict=True))
