"""Azure's resources joined with who signs in: identities, access policies, administrators; the missing are counted."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from integration import Report, load, plan, run
from integration.config.settings import Config
from integration.sdk.plugins import declared_steps
from integration.sdk.schema import load_schema
from integration.testing import GraphServer
from integration.text.secret import Secret
from steps.azure.user_assigned_identity import _HOLDERS
from tests.azure.one_group import S, place
from tests.simulator.azure import AzureSimulator
from tests.simulator.azure.place import Place
from tests.simulator.azure.tenant import TENANT_ID, row_of

__all__ = ["place"]

pytestmark = pytest.mark.every_area


@pytest.fixture
def simulator(place: Place) -> Iterator[AzureSimulator]:
    with AzureSimulator(place.tenant) as simulator:
        yield simulator


@pytest.fixture
def entra(graph: GraphServer) -> GraphServer:
    """A directory with a user, a group and service principals."""
    graph.add("/organization", {"id": TENANT_ID, "displayName": "Contoso", "verifiedDomains": []})
    graph.add("/users", {"id": "user-0001", "displayName": "Ada", "userPrincipalName": "ada@contoso.example"})
    graph.add("/groups", {"id": "group-0001", "displayName": "Operators"})
    graph.add("/servicePrincipals")
    return graph


def service(graph: GraphServer, id: str, app: str, *names: str) -> None:
    known = {
        "id": id,
        "appId": app,
        "displayName": id,
        "servicePrincipalType": "ManagedIdentity" if names else "Application",
    }
    graph.add("/servicePrincipals", {**known, "alternativeNames": list(names)})


def read(simulator: AzureSimulator, graph: GraphServer, *types: str) -> Report:
    manager = load()
    config = Config(
        graph_url=graph.url, access_token=Secret(graph.token),
        azure_url=simulator.url, azure_access_token=Secret(simulator.token),
    )  # fmt: skip
    return run(manager, plan(manager, only=types), config, out="out")


def pairs(type: str) -> set[tuple[str, str]]:
    with closing(sqlite3.connect(Path("out") / "graph.db")) as database:
        statement = "SELECT _fromEntityKey, _toEntityKey FROM relationships WHERE _type = ?"
        return set(database.execute(statement, (type,)))


def test_each_resource_acts_as_its_own_identity_and_one_that_is_gone_is_counted(
    place: Place, simulator: AzureSimulator, entra: GraphServer
) -> None:
    site = place.put("Microsoft.Web/sites", "shop", {}, kind="app")
    gone = place.of("Microsoft.Web/sites", "gone")
    identity = place.put("Microsoft.ManagedIdentity/userAssignedIdentities", "id", {"principalId": "SP-ID-0001"})
    service(
        entra, "sp-site-0001", "app-0001", "isExplicit=False", site.upper().replace("/SUBSCRIPTIONS", "/subscriptions")
    )
    service(entra, "sp-id-0001", "app-0002", "isExplicit=True", identity)
    service(entra, "sp-gone-0001", "app-0003", "isExplicit=False", gone)
    service(entra, "sp-other-0001", "app-0004")
    type = "azure_resource_uses_managed_identity"
    report = read(simulator, entra, type, "azure_user_assigned_identity_is_service_principal", "azure_web_app",
                  "azure_user_assigned_identity")  # fmt: skip
    assert pairs(type) == {
        (site.lower(), "sp-site-0001"), (identity.lower(), "sp-id-0001"), (gone.lower(), "sp-gone-0001"),
    }  # fmt: skip
    assert report.of(type).problems["danglingEnds"] == {"count": 1, "examples": [gone.lower()]}
    assert pairs("azure_user_assigned_identity_is_service_principal") == {(identity.lower(), "sp-id-0001")}


def test_a_machine_acts_as_its_own_identity_and_as_those_that_it_was_given(
    place: Place, simulator: AzureSimulator, entra: GraphServer
) -> None:
    identity = place.put("Microsoft.ManagedIdentity/userAssignedIdentities", "id", {})
    given: dict[str, Any] = {identity.upper(): {"principalId": "sp-given-0001"}, f"{identity}2": {}}
    own = {"type": "SystemAssigned, UserAssigned", "principalId": "SP-OWN-0001", "userAssignedIdentities": given}
    machine = place.put("Microsoft.Compute/virtualMachines", "vm", {}, identity=own).lower()
    place.put("Contoso.Made/things", "thing", {}, identity={"userAssignedIdentities": {identity: {}}})
    service(entra, "sp-own-0001", "app-0001")
    report = read(simulator, entra, "azure_vm_uses_managed_identity", "azure_resource_uses_user_assigned_identity",
                  "azure_user_assigned_identity", "azure_resource")  # fmt: skip
    assert pairs("azure_vm_uses_managed_identity") == {(machine, "sp-own-0001"), (machine, "sp-given-0001")}
    assert report.of("azure_vm_uses_managed_identity").problems["danglingEnds"]["examples"] == ["sp-given-0001"]
    thing = place.of("Contoso.Made/things", "thing").lower()
    assert pairs("azure_resource_uses_user_assigned_identity") == {
        (machine, identity.lower()), (machine, f"{identity}2".lower()), (thing, identity.lower()),
    }  # fmt: skip


def test_access_policies_of_vaults_lead_to_whoever_they_are_for(
    place: Place, simulator: AzureSimulator, entra: GraphServer
) -> None:
    policies = [
        {"objectId": "USER-0001", "permissions": {"keys": ["Get"], "secrets": ["Set", "get"]}},
        {"objectId": "user-0001", "applicationId": "app-0009", "permissions": {"keys": ["list"]}},
        {"objectId": "group-0001", "permissions": {}},
        {"objectId": "gone-0001", "permissions": {"certificates": ["get"]}},
    ]
    vault = place.put("Microsoft.KeyVault/vaults", "kv", {"accessPolicies": policies}).lower()
    type = "azure_keyvault_service_allows_principal"
    report = read(simulator, entra, type, "azure_user", "azure_user_group")
    assert pairs(type) == {(vault, "user-0001"), (vault, "group-0001"), (vault, "gone-0001")}
    assert report.of(type).problems["danglingEnds"] == {"count": 1, "examples": ["gone-0001"]}
    with closing(sqlite3.connect(Path("out") / "graph.db")) as database:
        (text,) = database.execute(
            f'SELECT json_array("permissions.keys", "permissions.secrets", applicationId) FROM {type}'
            " WHERE _toEntityKey = 'user-0001'"
        ).fetchone()
    assert text == '["get, list","get, set","app-0009"]'


@pytest.mark.parametrize(
    ("sid", "expected"),
    [("USER-0001", "user-0001"), ("group-0001", "group-0001"), ("APP-0001", "sp-0001"), ("app-gone", "app-gone")],
)
def test_administrators_of_sql_servers_are_users_groups_or_applications(
    place: Place, simulator: AzureSimulator, entra: GraphServer, sid: str, expected: str
) -> None:
    service(entra, "sp-0001", "app-0001")
    server = place.put("Microsoft.Sql/servers", "sql", {"administrators": {"login": "them", "sid": sid}}).lower()
    type = "azure_sql_server_active_directory_admin_is_principal"
    report = read(simulator, entra, type, "azure_user", "azure_user_group")
    assert pairs(type) == {(f"{server}/administrators/activedirectory", expected)}
    assert ("danglingEnds" in report.of(type).problems) == (sid == "app-gone")


def test_administrators_of_managed_instances_are_users_groups_or_applications(
    place: Place, simulator: AzureSimulator, entra: GraphServer
) -> None:
    service(entra, "sp-0001", "app-0001")
    of, type = "Microsoft.Sql/managedInstances", "azure_sql_managed_instance_allows_principal"
    given = {"one": "USER-0001", "two": "APP-0001"}
    one, two = (place.put(of, name, {"administrators": {"sid": sid}}).lower() for name, sid in given.items())
    place.put(of, "alone", {"administrators": None})
    read(simulator, entra, type, "azure_user")
    assert pairs(type) == {(one, "user-0001"), (two, "sp-0001")}


def test_clusters_are_managed_by_groups_and_act_as_service_principals(
    place: Place, simulator: AzureSimulator, entra: GraphServer
) -> None:
    service(entra, "sp-0001", "app-0001")
    clusters = "Microsoft.ContainerService/managedClusters"
    old = place.put(clusters, "old", {"servicePrincipalProfile": {"clientId": "APP-0001"}}).lower()
    kubelet = {"kubeletidentity": {"objectId": "SP-NODES-0001"}}
    managed = {"adminGroupObjectIDs": ["GROUP-0001", "gone-0001"]}
    told = {"servicePrincipalProfile": {"clientId": "msi"}, "identityProfile": kubelet, "aadProfile": managed}
    new = place.put(clusters, "new", told, identity={"principalId": "sp-own-0001"}).lower()
    report = read(simulator, entra, "azure_user_group_manages_kubernetes_cluster",
                  "azure_kubernetes_cluster_uses_service_principal")  # fmt: skip
    assert pairs("azure_user_group_manages_kubernetes_cluster") == {("group-0001", new), ("gone-0001", new)}
    assert pairs("azure_kubernetes_cluster_uses_service_principal") == {
        (old, "sp-0001"), (new, "sp-nodes-0001"), (new, "sp-own-0001"),
    }  # fmt: skip
    assert report.of("azure_user_group_manages_kubernetes_cluster").problems["danglingEnds"]["count"] == 1


def test_clusters_elsewhere_are_managed_by_groups_and_machines_of_ones_own_act_as_service_principals(
    place: Place, simulator: AzureSimulator, entra: GraphServer
) -> None:
    manages, acts = "azure_user_group_manages_arc_kubernetes_cluster", "azure_stack_hci_cluster_uses_service_principal"
    service(entra, "sp-0001", "app-0001")
    arc, local = "Microsoft.Kubernetes/connectedClusters", "Microsoft.AzureStackHCI/clusters"
    managed = {"aadProfile": {"adminGroupObjectIDs": ["GROUP-0001", None, "gone-0001"]}}
    edge = place.put(arc, "edge", managed).lower()
    rack = place.put(local, "rack", {"aadServicePrincipalObjectId": "SP-0001"}).lower()
    for type, name in ((arc, "aadProfile"), (local, "aadServicePrincipalObjectId")):
        place.put(type, "silent", {})
        place.put(type, "null", {name: None})
    read(simulator, entra, manages, acts)
    assert pairs(manages) == {("group-0001", edge), ("gone-0001", edge)}
    assert pairs(acts) == {(rack, "sp-0001")}


def test_no_type_of_resources_with_identities_is_forgotten() -> None:
    of_resources = [step for step in declared_steps(load()) if step.resources]
    with_identities = [step for step in of_resources if "userAssignedIdentityIds" in load_schema(step).properties]
    assert {type for step in with_identities for type in step.resources} <= {*_HOLDERS, "*"}  # which is read besides


@pytest.mark.parametrize("kind", ["role_assignment", "role_eligibility", "deny_assignment"])
def test_who_has_a_role_or_is_denied_is_found_in_any_case_of_letters(
    place: Place, simulator: AzureSimulator, entra: GraphServer, kind: str
) -> None:
    """Azure keeps ids of principals as templates wrote them; questions compare these with keys."""
    scope, role = f"/subscriptions/{S}", "/providers/Microsoft.Authorization/roleDefinitions/r"
    below = "/providers/Microsoft.Authorization"
    told = {"scope": scope, "principalId": "USER-0001", "principalType": "USER", "roleDefinitionId": role}
    if kind == "role_assignment":
        type = "microsoft.authorization/roleassignments"
        place.tenant.add(row_of(f"{scope}{below}/roleAssignments/a", type, properties=told), "authorizationresources")
    elif kind == "role_eligibility":
        place.tenant.add_child(scope, f"{below}/roleEligibilityScheduleInstances", "a", told)
    else:
        denied: dict[str, Any] = {"scope": scope, "principals": [{"id": "USER-0001", "type": "user"}]}
        place.tenant.add_child(scope, f"{below}/denyAssignments", "a", denied)
    read(simulator, entra, f"azure_{kind}_assigned_user")
    assert {to for _, to in pairs(f"azure_{kind}_assigned_user")} == {"user-0001"}
    with closing(sqlite3.connect(Path("out") / "graph.db")) as database:
        (text,) = database.execute("SELECT properties FROM entities WHERE _type = ?", (f"azure_{kind}",)).fetchone()
    found = json.loads(text)
    assert (found.get("principalId") or found["principalIds"][0]) == "user-0001"


def test_who_is_exempt_from_a_denial_is_named_once(place: Place, simulator: AzureSimulator, entra: GraphServer) -> None:
    exempt = [{"id": id, "type": type} for id, type in (("USER-0001", "user"), ("user-0001", "User"), (None, "User"))]
    denied = {"principals": [], "excludePrincipals": [*exempt, {"id": "group-0001", "type": "Group"}]}
    id = place.tenant.add_child(
        f"/subscriptions/{S}", "/providers/Microsoft.Authorization/denyAssignments", "a", denied
    )
    type = "azure_deny_assignment_allows_user"
    assert read(simulator, entra, type).of(type).count == 1
    assert pairs(type) == {(id.lower(), "user-0001")}


@pytest.mark.parametrize("odd", [None, "", 5])
def test_whom_a_role_is_assigned_to_is_not_guessed(
    place: Place, simulator: AzureSimulator, entra: GraphServer, odd: Any
) -> None:
    scope, below = f"/subscriptions/{S}", "/providers/Microsoft.Authorization"
    told = {"scope": scope, "principalId": "user-0001", "principalType": odd, "roleDefinitionId": f"{below}/x/r"}
    row = row_of(f"{scope}{below}/roleAssignments/a", "microsoft.authorization/roleassignments", properties=told)
    place.tenant.add(row, "authorizationresources")
    place.tenant.add_child(scope, f"{below}/roleEligibilityScheduleInstances", "a", told)
    types = ("azure_role_assignment_assigned_user", "azure_role_eligibility_assigned_user")
    report = read(simulator, entra, *types)
    for type in types:
        assert report.of(type).verdict == "partial"
        assert "principalType is" in report.of(type).reason
