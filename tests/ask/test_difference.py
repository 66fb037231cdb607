"""What the last run changed: exactly that, in words and as JSON, and never a mass deletion by mistake."""

import json
import sqlite3
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from click.testing import CliRunner

from integration import OutputError, Report, load, plan, run
from integration.cli import main
from integration.config.settings import Config
from integration.engine.delivery import push
from integration.sdk.plugins import declared_steps
from integration.text.secret import Secret
from tests.simulator import Faults, Simulator, Tenant, synthetic_tenant
from tests.support import DEMO

OUTSIDE = {step.name for step in declared_steps(load()) if step.target_filter_keys}
"""Types of what is outside of what is read: JupiterOne gets them as parts of mapped relationships."""


@pytest.fixture
def tenant() -> Tenant:
    return synthetic_tenant(users=300, groups=40, memberships=1500, seed=17)


@pytest.fixture
def simulator(tenant: Tenant) -> Iterator[Simulator]:
    with Simulator(tenant) as simulator:
        yield simulator


def read(simulator: Simulator, **settings: Any) -> Report:
    manager = load()
    config = Config(graph_url=simulator.url, access_token=Secret(simulator.token), **settings)
    return run(manager, plan(manager), config)


def diff(*options: str) -> str:
    done = CliRunner().invoke(main, ["diff", *options])
    assert done.exit_code == 0, done.output
    return done.stdout


def changes(*options: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in diff("--json", *options).splitlines()]


def lines(kind: str, name: str) -> set[str]:
    """Return the keys in a file of the destination ``files:copy``."""
    text = Path("copy", kind, f"{name}.jsonl").read_text(encoding="utf-8")
    return {json.loads(line)["_key"] for line in text.splitlines()}


def test_known_changes_are_listed_and_nothing_else(simulator: Simulator, tenant: Tenant) -> None:
    read(simulator)
    group, _, member = next(each for each in tenant.memberships() if each[1] == "user")
    other = next(
        user for user in tenant.users if user != member and (group, "user", user) not in set(tenant.memberships())
    )
    tenant.remove_member(group, member)
    tenant.add_member(group, other)
    tenant.update(other, displayName="Ada Example", department="Finance")
    tenant.update(group, displayName="sg-finance")
    report = read(simulator)
    found = {(each["type"], each["change"], each["_key"]) for each in changes()}
    assert found == {
        ("azure_user", "updated", other),
        ("azure_user_group", "updated", group),
        ("azure_user_group_has_user", "created", f"{group}|has|{other}"),
        ("azure_user_group_has_user", "deleted", f"{group}|has|{member}"),
        ("azure_user_assigned_group", "created", f"{other}|assigned|{group}"),
        ("azure_user_assigned_group", "deleted", f"{member}|assigned|{group}"),
    }
    assert report.changes["azure_user_group_has_user"] == {"created": 1, "deleted": 1}
    (user,) = changes("--type", "azure_user")
    assert user["properties"]["department"]["now"] == "Finance"
    assert user["properties"]["displayName"]["now"] == "Ada Example"
    text = diff("--type", "azure_user_group_has_user")
    assert "Ada Example joined sg-finance" in text
    assert " left sg-finance" in text


def test_a_run_that_changes_nothing_shows_nothing(simulator: Simulator) -> None:
    read(simulator)
    first = changes("--type", "azure_user")
    assert {each["change"] for each in first} == {"created"}
    assert len(first) == 300
    assert not read(simulator).changes
    assert changes() == []
    assert len(changes("--since", "0", "--type", "azure_user")) == 300


def test_who_is_gone_is_named(simulator: Simulator, tenant: Tenant) -> None:
    read(simulator)
    user = next(member for _, kind, member in tenant.memberships() if kind == "user")
    tenant.update(user, displayName="Bo Example")
    read(simulator)
    tenant.delete(user)
    read(simulator)
    assert {"deleted"} == {each["change"] for each in changes()}
    assert "Bo Example left " in diff()


@pytest.mark.parametrize(
    ("options", "problem"),
    [(["--out", "nowhere"], "there is no graph"), (["--type", "azure_usr"], "azure_user"), (["--since", "99"], "99")],
)
def test_what_cannot_be_compared_is_said(simulator: Simulator, options: list[str], problem: str) -> None:
    read(simulator)
    done = CliRunner().invoke(main, ["diff", *options])
    assert done.exit_code in (2, 3)
    assert problem in done.output


def lose(tenant: Tenant, share: float) -> None:
    for user in list(tenant.users)[: int(len(tenant.users) * share)]:
        tenant.delete(user)


def test_a_tenant_that_lost_most_of_its_users_deletes_nothing_until_it_is_allowed(
    simulator: Simulator, tenant: Tenant
) -> None:
    read(simulator, to=("files:copy",))
    before, memberships = lines("entities", "azure_user"), lines("relationships", "azure_user_group_has_user")
    lose(tenant, 0.9)
    report = read(simulator, to=("files:copy",))
    assert report.exit_code() == 1
    assert "270 of 300" in report.withheld["azure_user"]
    assert {"azure_user", "azure_user_group_has_user"} <= set(report.incomplete)
    assert lines("entities", "azure_user") == before
    assert lines("relationships", "azure_user_group_has_user") == memberships
    again = read(simulator, to=("files:copy",))
    assert again.withheld.keys() == report.withheld.keys()
    assert lines("entities", "azure_user") == before
    allowed = read(simulator, to=("files:copy",), allow_mass_delete=True)
    assert (allowed.exit_code(), dict(allowed.withheld)) == (0, {})
    assert len(lines("entities", "azure_user")) == 30
    assert read(simulator).exit_code() == 0


def test_a_mass_deletion_that_is_undone_is_forgotten(simulator: Simulator, tenant: Tenant) -> None:
    read(simulator, to=("files:copy",))
    users = list(tenant.users)
    lose(tenant, 0.9)
    assert read(simulator, to=("files:copy",)).withheld
    for user in users[:270]:
        tenant.restore(user)
    assert not read(simulator, to=("files:copy",)).withheld
    assert lines("entities", "azure_user") == set(users)


@pytest.mark.parametrize(("share", "percent", "withheld"), [(0.1, 20, False), (0.3, 20, True), (0.3, 40, False)])
def test_what_counts_as_a_mass_deletion_can_be_set(
    simulator: Simulator, tenant: Tenant, share: float, percent: float, withheld: bool
) -> None:
    read(simulator)
    lose(tenant, share)
    assert ("azure_user" in read(simulator, mass_delete=percent).withheld) is withheld


def test_a_few_records_are_no_mass(simulator: Simulator, tenant: Tenant) -> None:
    read(simulator)
    for group in list(tenant.groups)[:35]:
        tenant.delete(group)
    assert "azure_user_group" not in read(simulator).withheld


def test_a_graph_is_pushed_without_reading_graph_again(simulator: Simulator, tenant: Tenant) -> None:
    read(simulator)
    simulator.reset()
    report = push(load(), ["files:copy"])
    assert not simulator.requests
    assert (report.exit_code(), report.failed_sinks) == (0, {})
    assert lines("entities", "azure_user") == set(tenant.users)


def test_a_push_keeps_what_the_last_run_could_not_read(tenant: Tenant) -> None:
    with Simulator(tenant) as simulator:
        read(simulator, to=("files:copy",))
    before = lines("entities", "azure_user_group")
    faults = Faults(forbidden={"/groups": "Authorization_RequestDenied"})
    with Simulator(tenant, faults=faults, port=urlsplit(simulator.url).port or 0) as simulator:
        assert read(simulator).of("azure_user_group").verdict == "failed"
    report = push(load(), ["files:copy"])
    assert "azure_user_group" in report.incomplete
    assert lines("entities", "azure_user_group") == before


def test_a_destination_that_fails_harms_no_other(simulator: Simulator) -> None:
    read(simulator)
    Path("blocked").mkdir()
    Path("blocked/entities").mkdir()
    Path("blocked/entities/azure_user.jsonl").mkdir()
    report = push(load(), ["files:blocked", "files:copy"])
    assert list(report.failed_sinks) == ["files:blocked"]
    assert report.exit_code() == 1
    assert len(lines("entities", "azure_user")) == 300


def test_a_push_tells_of_types_only_what_may_be_wrong(simulator: Simulator) -> None:
    read(simulator)
    command = [sys.executable, "-m", "integration", "push", "--to", "files:copy"]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    assert told == ["1 of 1 destination has the graph of .integration/graph.db."]


def test_without_a_graph_there_is_nothing_to_push() -> None:
    with pytest.raises(OutputError, match="there is no graph"):
        push(load(), ["files:copy"])
    done = subprocess.run(
        [sys.executable, "-m", "integration", "push", "--to", "files:copy"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 3
    assert "run integration run first" in done.stderr


def test_a_type_that_no_step_declares_any_more_is_protected(simulator: Simulator) -> None:
    read(simulator)
    with closing(sqlite3.connect(".integration/graph.db")) as database:
        database.execute(
            "INSERT INTO types(name, class, loaded, content, keys) VALUES('contoso_badge', '[\"Key\"]', 1, 1, 1)"
        )
        database.commit()
    assert "contoso_badge" in read(simulator).incomplete
    assert "contoso_badge" in push(load(), ["files:copy"]).incomplete


@pytest.mark.parametrize("command", [DEMO, ["push"]], ids=["run", "push"])
def test_standard_output_holds_the_graph_and_nothing_else(command: Sequence[str]) -> None:
    base = [sys.executable, "-m", "integration"]
    subprocess.run([*base, *DEMO], check=True, capture_output=True)
    done = subprocess.run([*base, *command, "--to", "jsonl:-"], check=True, capture_output=True, text=True)
    records = [json.loads(line) for line in done.stdout.splitlines()]
    with closing(sqlite3.connect(".integration/graph.db")) as database:
        keys = database.execute("SELECT _type, _key FROM entities UNION ALL SELECT _type, _key FROM relationships")
        expected = sorted(key for type, key in keys if type not in OUTSIDE)
    assert sorted(record["_key"] for record in records) == expected
    assert "graph.db" in done.stderr
