"""The other kinds of directory objects: their relations from both ends, $expand, $filter and deltas."""

from collections.abc import Iterator

import pytest

from tests.simulator import Faults, Simulator, demo_tenant
from tests.simulator.areas.apps import FINANCE_JOB
from tests.simulator.areas.devices import SALES_UNIT
from tests.simulator.client import EVENTUAL, Client, ids_of, step
from tests.simulator.demo_ids import DEVICE_ID, SERVICE_PRINCIPAL_ID, group_id, user_id
from tests.simulator.properties import APPLICATION, SERVICE_PRINCIPAL

CREDENTIALS = f"/applications/{FINANCE_JOB}/federatedIdentityCredentials"


@pytest.fixture
def demo() -> Iterator[tuple[Simulator, Client]]:
    with Simulator(demo_tenant()) as simulator:
        yield simulator, Client(simulator)


def test_relations_are_read_from_both_ends_and_inside_batches(demo: tuple[Simulator, Client]) -> None:
    simulator, client = demo
    tenant = simulator.tenant
    tenant.relate(DEVICE_ID, "registeredOwners", user_id(2))
    tenant.relate(user_id(1), "manager", user_id(2))
    tenant.relate(group_id(7), "owners", SERVICE_PRINCIPAL_ID)
    assert ids_of(client.items(f"/devices/{DEVICE_ID}/registeredOwners?$select=id")) == [user_id(2)]
    assert client.get(f"/users/{user_id(1)}/manager?$select=id").json()["id"] == user_id(2)
    assert client.get(f"/users/{user_id(2)}/manager").status_code == 404
    assert ids_of(client.items(f"/applications/{FINANCE_JOB}/owners")) == [user_id(1)]
    assert client.get(f"/applications/{FINANCE_JOB}/owners/$count", **EVENTUAL).text == "1"
    assert ids_of(client.items(f"/servicePrincipals/{SERVICE_PRINCIPAL_ID}/memberOf?$select=id")) == [group_id(9)]
    assert ids_of(client.items(f"/servicePrincipals/{SERVICE_PRINCIPAL_ID}/ownedObjects?$select=id")) == [group_id(7)]
    assert FINANCE_JOB in ids_of(client.items(f"/users/{user_id(1)}/ownedObjects?$select=id"))
    assert SALES_UNIT in ids_of(client.items(f"/users/{user_id(1)}/memberOf?$select=id"))
    answers = client.inner(
        step(1, f"/directory/administrativeUnits/{SALES_UNIT}/members?$select=id"), step(2, CREDENTIALS)
    )
    assert ids_of(answers["1"]["body"]["value"]) == [user_id(1), group_id(3)]
    assert len(answers["2"]["body"]["value"]) == 1


def test_owners_of_groups_show_service_principals_only_when_they_are_expanded(demo: tuple[Simulator, Client]) -> None:
    simulator, client = demo
    simulator.tenant.relate(group_id(7), "owners", SERVICE_PRINCIPAL_ID)
    assert ids_of(client.items(f"/groups/{group_id(7)}/owners")) == [user_id(1)]
    expanded = client.get(f"/groups/{group_id(7)}?$select=id&$expand=owners($select=id)").json()["owners"]
    assert ids_of(expanded) == [user_id(1), SERVICE_PRINCIPAL_ID]


def test_expand_is_capped_and_may_return_fewer() -> None:
    tenant = demo_tenant()
    for number in range(2, 21):
        tenant.relate(FINANCE_JOB, "owners", user_id(number))
    tenant.relate(FINANCE_JOB, "owners", SERVICE_PRINCIPAL_ID)
    tenant.relate(user_id(3), "manager", user_id(4))
    path = "/applications?$expand=owners($select=id)&$select=id&$top=999"
    with Simulator(tenant) as simulator:
        client = Client(simulator)
        assert len(client.items(path)[0]["owners"]) == 20
        managers = {user["id"]: user.get("manager") for user in client.items("/users?$expand=manager($select=id)")}
        assert managers[user_id(3)] == {"@odata.type": "#microsoft.graph.user", "id": user_id(4)}
        assert managers[user_id(5)] is None
        assert client.get(f"{path},spa").status_code == 400
        counted = "/applications?$count=true&$filter=owners/$count eq 21"
        assert ids_of(client.get(counted, **EVENTUAL).json()["value"]) == [FINANCE_JOB]
        assert client.get(counted).status_code == 400
    with Simulator(tenant, faults=Faults(expand_fewer=1.0)) as simulator:
        assert len(Client(simulator).items(path)[0]["owners"]) == 10


def test_collections_are_filtered(demo: tuple[Simulator, Client]) -> None:
    _, client = demo
    assert ids_of(client.items("/groups?$filter=isAssignableToRole eq true&$select=id")) == [group_id(7)]
    assert len(client.items("/users?$filter=userType eq 'Guest' and accountEnabled eq true")) == 2
    assert len(client.items(f"/users?$filter=id in ('{user_id(1)}','{user_id(2)}')")) == 2
    assert client.get("/users?$filter=userType ne 'Guest'").status_code == 400
    assert client.get("/users?$filter=nonsense eq 'Guest'").status_code == 400
    assert client.get("/users?$filter=startswith(displayName,'A')").status_code == 400


def test_deltas_tell_of_the_other_kinds_and_of_the_relations_they_track(demo: tuple[Simulator, Client]) -> None:
    simulator, client = demo
    tenant = simulator.tenant
    paths = {
        "applications": "/applications/delta?$select=displayName",
        "units": "/directory/administrativeUnits/delta?$select=displayName,members",
        "users": "/users/delta?$select=displayName,manager",
        "groups": "/groups/delta?$select=displayName,owners",
        "devices": "/devices/delta",
    }
    first = {name: list(client.pages(path))[-1] for name, path in paths.items()}
    (sales,) = (unit for unit in first["units"]["value"] if unit["id"] == SALES_UNIT)
    assert sales["members@delta"][0]["id"] == user_id(1)
    links = {name: page["@odata.deltaLink"] for name, page in first.items()}
    tenant.update(FINANCE_JOB, displayName="other")
    tenant.relate(FINANCE_JOB, "owners", user_id(3))
    tenant.unrelate(SALES_UNIT, "members", user_id(1))
    tenant.relate(user_id(1), "manager", user_id(2))
    tenant.relate(group_id(1), "owners", user_id(2))
    tenant.delete(DEVICE_ID)
    told = {name: client.items(link) for name, link in links.items()}
    removed = {"@removed": {"reason": "deleted"}}
    user = {"@odata.type": "#microsoft.graph.user"}
    assert told["applications"] == [{"displayName": "other", "id": FINANCE_JOB}]
    assert told["units"][0]["members@delta"] == [{**user, "id": user_id(1), **removed}]
    assert told["users"][0]["manager@delta"] == [{**user, "id": user_id(2)}]
    assert [group["owners@delta"] for group in told["groups"]] == [[{**user, "id": user_id(2)}]]
    assert told["devices"] == [{"id": DEVICE_ID, **removed}]
    assert client.get("/applications/delta?$select=owners").status_code == 400


def test_deleted_applications_may_be_restored(demo: tuple[Simulator, Client]) -> None:
    simulator, client = demo
    link = client.get("/applications/delta").json()["@odata.deltaLink"]
    simulator.tenant.delete(FINANCE_JOB)
    assert client.items(link) == [{"id": FINANCE_JOB, "@removed": {"reason": "changed"}}]
    assert ids_of(client.items("/directory/deletedItems/microsoft.graph.application")) == [FINANCE_JOB]
    simulator.tenant.restore(FINANCE_JOB)
    assert FINANCE_JOB in simulator.tenant.objects(APPLICATION)


def test_subtypes_say_what_they_are(demo: tuple[Simulator, Client]) -> None:
    simulator, client = demo
    simulator.tenant.add(SERVICE_PRINCIPAL, {"id": "a" * 36, "displayName": "agent"}, subtype="agentIdentity")
    types = [item.get("@odata.type") for item in client.items("/servicePrincipals")]
    assert types.count("#microsoft.graph.agentIdentity") == 1
    assert types.count(None) == len(types) - 1
