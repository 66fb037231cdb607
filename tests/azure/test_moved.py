"""What becomes of resources that are deleted and made again, moved, or spelled otherwise, in the run after that."""

import random
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from integration import declared_steps, load
from integration.values import arm_key
from tests.azure.reading import Azure, edges, keys, verdicts
from tests.simulator.azure import Asked, AzureSimulator, made_up_tenant
from tests.simulator.azure.demo import azure_demo_tenant
from tests.simulator.azure.made_up import GROUP, MANAGEMENT_GROUP, NIC, VM, resources_of
from tests.simulator.azure.tenant import AzureTenant, Row, row_of

pytestmark = pytest.mark.every_area

TYPES = ("azure_vm", "azure_nic", "azure_resource_group", "azure_subscription", "azure_management_group")
EDGES = ("azure_vm_uses_nic", "azure_resource_group_has_vm", "azure_resource_group_has_nic")


@pytest.fixture
def azure() -> Iterator[Azure]:
    """A tenant of 3 subscriptions and 600 resources, and the installed types."""
    with AzureSimulator(made_up_tenant(600, 3)) as simulator:
        yield Azure(simulator, {})


def run(azure: Azure, **settings: Any) -> dict[str, dict[str, int]]:
    """Run the types, and return what changed."""
    report = azure.run(*TYPES, *EDGES, **settings)
    assert verdicts(report) == {"complete"}
    return {name: dict(counts.items()) for name, counts in report.changes.items()}


def property_of(key: str, name: str) -> str | None:
    with closing(sqlite3.connect(Path("out") / "graph.db")) as database:
        query = "SELECT json_extract(properties, '$.' || ?) FROM entities WHERE _key = ?"
        value: str | None = database.execute(query, (name, key)).fetchone()[0]
        return value


def machine(tenant: AzureTenant) -> Row:
    return tenant.tables["resources"][min(tenant.ids(VM))]


def group_of(id: str) -> str:
    return id.split("/providers/")[0]


def used_by(machine: Row) -> str:
    """The key of the network interface of a machine."""
    return arm_key(machine["properties"]["networkProfile"]["networkInterfaces"][0]["id"])


def move(tenant: AzureTenant, row: Row, place: str) -> Row:
    """Have a resource be in another resource group, as Azure moves it: it has another id there."""
    tenant.remove([row["id"]])
    id = row["id"].replace(group_of(row["id"]), place)
    given = {
        name: value for name, value in row.items() if name not in ("id", "type", "subscriptionId", "resourceGroup")
    }
    moved = row_of(id, row["type"], **given)
    tenant.add(moved)
    return moved


def test_a_run_after_which_nothing_changed_runs_no_step_and_writes_nothing() -> None:
    with AzureSimulator(azure_demo_tenant()) as simulator:
        azure = Azure(simulator, {})
        steps = [each for each in declared_steps(load()) if each.module.startswith("azure.") and not each.on_demand]
        chosen = [each.name for each in steps if not {"azure_user", "azure_user_group"}.intersection(each.needs)]
        types = [name for name in chosen if "service_principal" not in name]
        first = azure.run(*types)
        ran = {result.type for result in first.results if result.verdict == "complete"}
        again = azure.run(*types)
    assert len(ran) > 150
    assert [result.type for result in again.results if result.type in ran and result.notes != ("unchanged",)] == []
    assert again.changes == {}


def test_a_machine_that_is_deleted_and_made_again_is_the_same_entity(azure: Azure) -> None:
    run(azure)
    tenant = azure.simulator.tenant
    row = machine(tenant)
    tenant.remove([row["id"]])
    tenant.add(row | {"properties": row["properties"] | {"vmId": "00000000-0000-4000-8000-00000000aaaa"}})
    assert run(azure) == {"azure_vm": {"updated": 1}}
    assert property_of(arm_key(row["id"]), "vmId") == "00000000-0000-4000-8000-00000000aaaa"


def test_a_machine_that_was_gone_for_a_run_comes_back_with_its_relationships(azure: Azure) -> None:
    run(azure)
    before, tenant = edges(), azure.simulator.tenant
    row = machine(tenant)
    tenant.remove([row["id"]])
    gone = run(azure)
    assert gone["azure_vm"] == {"deleted": 1}
    assert gone["azure_vm_uses_nic"] == gone["azure_resource_group_has_vm"] == {"deleted": 1}
    tenant.add(row)
    assert run(azure)["azure_vm"] == {"created": 1}
    assert edges() == before


@pytest.mark.parametrize("other", ["group", "subscription"])
def test_a_machine_that_is_moved_is_another_entity_where_it_is_now(azure: Azure, other: str) -> None:
    run(azure)
    tenant = azure.simulator.tenant
    row = machine(tenant)
    places = sorted(tenant.ids(GROUP, "resourcecontainers"))
    subscription = arm_key(row["id"]).split("/")[2]
    place = next(
        each
        for each in places
        if each != arm_key(group_of(row["id"])) and (each.split("/")[2] == subscription) == (other == "group")
    )
    moved = move(tenant, row, place)
    changed = run(azure)
    assert changed == {name: {"created": 1, "deleted": 1} for name in ("azure_vm", EDGES[0], EDGES[1])}
    key, old = arm_key(moved["id"]), arm_key(row["id"])
    assert keys("azure_vm") == {arm_key(each) for each in tenant.ids(VM)}
    assert {(arm_key(place), key), (key, used_by(row))} <= edges()
    assert not any(old in pair for pair in edges())
    assert property_of(key, "subscriptionId") == place.split("/")[2]


def test_a_group_that_takes_another_name_is_another_one_with_all_that_is_in_it(azure: Azure) -> None:
    """Azure renames none: its resources are moved into one of the new name, and the old one is deleted."""
    run(azure)
    tenant = azure.simulator.tenant
    old = group_of(machine(tenant)["id"])
    new = f"{old.rpartition('/')[0]}/rg-renamed"
    rows = [row for row in tenant.tables["resources"].values() if arm_key(group_of(row["id"])) == arm_key(old)]
    tenant.add(row_of(new, GROUP, properties={}) | {"resourceGroup": "rg-renamed"})
    for row in rows:
        move(tenant, row, new)
    tenant.remove([old.lower()], "resourcecontainers")
    changed = run(azure)
    assert changed["azure_resource_group"] == {"created": 1, "deleted": 1}
    assert keys("azure_resource_group") == {arm_key(each) for each in tenant.ids(GROUP, "resourcecontainers")}
    assert keys("azure_nic") == {arm_key(each) for each in tenant.ids(NIC)}
    assert not any(arm_key(old) == source for source, _ in edges())


def test_a_management_group_that_takes_another_name_stays_the_same(azure: Azure) -> None:
    run(azure)
    tenant = azure.simulator.tenant
    row = tenant.tables["resourcecontainers"][min(tenant.ids(MANAGEMENT_GROUP, "resourcecontainers"))]
    tenant.add(row | {"properties": row["properties"] | {"displayName": "Renamed"}})
    assert run(azure) == {"azure_management_group": {"updated": 1}}


def otherwise(value: Any) -> Any:
    """What Azure answers, with all ids of Azure in it spelled otherwise."""
    if isinstance(value, str):
        return value.swapcase() if value.lower().startswith(("/subscriptions/", "/providers/")) else value
    if isinstance(value, dict):
        return {otherwise(name): otherwise(each) for name, each in value.items()}
    return [otherwise(each) for each in value] if isinstance(value, list) else value


def test_a_run_in_which_azure_spells_ids_otherwise_changes_nothing() -> None:
    with AzureSimulator(azure_demo_tenant()) as simulator:
        azure, tenant = Azure(simulator, {}), simulator.tenant
        steps = [each for each in declared_steps(load()) if each.module.startswith("azure.")]
        types = [each.name for each in steps if not {"azure_user", "azure_user_group"}.intersection(each.needs)]
        first = azure.run(*types)
        shelves: list[dict[str, Any]] = [*tenant.tables.values(), tenant.children]
        for rows in shelves:
            rows.update({key: otherwise(row) for key, row in rows.items()})
        again = azure.run(*types)
    assert verdicts(first, types) == verdicts(again, types)
    assert again.changes == {}


@pytest.mark.parametrize("raw_data", [False, True])
def test_of_what_changes_while_azure_spells_ids_otherwise_only_that_is_told(azure: Azure, raw_data: bool) -> None:
    run(azure, raw_data=raw_data)
    before, found = edges(), keys("azure_vm")
    tenant = azure.simulator.tenant
    ids = {id: property_of(id, "id") for id in map(arm_key, tenant.ids(VM))}
    for id in tenant.ids(VM):
        tenant.add(otherwise(tenant.tables["resources"][id]))
    assert run(azure, raw_data=raw_data) == {}
    row = machine(tenant)
    tenant.add(row | {"location": "elsewhere"})
    assert run(azure, raw_data=raw_data) == {"azure_vm": {"updated": 1}}
    assert (edges(), keys("azure_vm")) == (before, found)
    assert property_of(arm_key(row["id"]), "location") == "elsewhere"
    assert {id: property_of(id, "id") for id in ids} == ids


def test_resources_that_move_while_they_are_read_are_where_they_are_in_the_run_after(azure: Azure) -> None:
    """They leave a part that is read already, and come into one that is not, or the other way round."""
    tenant = azure.simulator.tenant
    place = f"{group_of(machine(tenant)['id'])}-new"
    tenant.add(row_of(place, GROUP, properties={}))
    rows = [tenant.tables["resources"][id] for id in sorted(tenant.ids(VM))]
    staying = {arm_key(row["id"]) for row in rows[20:]}
    pending = iter(rows[:20])

    def churn(asked: Asked) -> None:
        if "order by" in asked.query:
            for row in islice(pending, 10):
                move(tenant, row, place)

    azure.simulator.manager.before = churn
    run(azure)
    assert staying <= keys("azure_vm")
    run(azure)
    assert keys("azure_vm") == {arm_key(each) for each in tenant.ids(VM)}


def test_a_name_that_is_used_again_for_another_kind_is_another_entity(azure: Azure) -> None:
    run(azure)
    tenant = azure.simulator.tenant
    row = machine(tenant)
    made = resources_of(group_of(row["id"]), 7777, random.Random(1))[1]
    tenant.remove([row["id"]])
    tenant.add(made | {"name": row["name"], "id": made["id"].replace("nic-7777", row["name"])})
    changed = run(azure)
    assert (changed["azure_vm"], changed["azure_nic"]) == ({"deleted": 1}, {"created": 1})
