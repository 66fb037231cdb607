"""What subscriptions answered that recordings of them show, in shapes that no documentation tells, becomes records."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from integration.values import arm_key
from tests.azure.one_group import S, azure, check_told, entities, place
from tests.azure.reading import Azure, edges, verdicts
from tests.simulator.azure.place import Place, part, to
from tests.simulator.azure.tenant import TENANT_ID, row_of

__all__ = ["azure", "place"]
pytestmark = pytest.mark.every_area

BUS, REDIS = "Microsoft.ServiceBus/namespaces", "Microsoft.Cache/Redis"
NET, VM = "Microsoft.Network", "Microsoft.Compute/virtualMachines"


REGIONS = [("East US", "eastus"), ("EastUs", "eastus"), ("West US 2", "westus2"), ("global", "global")]


@pytest.mark.parametrize(("told", "expected"), REGIONS)
def test_a_resource_is_in_a_region_by_the_same_name_as_others(
    place: Place, azure: Azure, told: str, expected: str
) -> None:
    id = place.put(BUS, "bus", {"status": "Active"})
    place.tenant.tables["resources"][id.lower()]["location"] = told
    assert verdicts(azure.run("azure_service_bus_namespace")) == {"complete"}
    bus = entities("azure_service_bus_namespace")["bus"]
    assert (bus["location"], bus["region"]) == (expected, expected)


@pytest.mark.parametrize(("told", "expected"), [*REGIONS, (None, "westeurope")])
def test_a_child_is_in_a_region_by_the_same_name_as_its_parent(
    place: Place, azure: Azure, told: str | None, expected: str
) -> None:
    namespace = place.put(BUS, "bus", {"status": "Active"})
    place.tenant.add_child(namespace, "/queues", "q", {"status": "Active"}, location=told)
    assert verdicts(azure.run("azure_service_bus_queue")) == {"complete"}
    queue = entities("azure_service_bus_queue")["q"]
    assert (queue["location"], queue["region"]) == (expected, expected)


def test_a_cache_is_linked_with_one_in_another_group(place: Place, azure: Azure) -> None:
    elsewhere = Place(place.tenant, f"/subscriptions/{S}/resourceGroups/RG-Second", "westus", TENANT_ID)
    first, second = place.of(REDIS, "first"), elsewhere.of(REDIS, "second")
    place.put(REDIS, "first", {"linkedServers": [to(f"{first}/linkedServers/second")], "accessKeys": None})
    elsewhere.put(REDIS, "second", {"linkedServers": [to(f"{second}/linkedServers/first")], "accessKeys": None})
    assert verdicts(azure.run("azure_redis_cache_connects_cache")) == {"complete"}
    ends = arm_key(first), arm_key(second)
    assert edges() == {ends, ends[::-1]}


@pytest.mark.parametrize("told_by", ["machine", "interface", "both"])
def test_what_a_machine_is_joined_to_by_its_interface_is_known_from_either_of_the_two(
    place: Place, azure: Azure, told_by: str
) -> None:
    subnet = f"{place.of(f'{NET}/virtualNetworks', 'vnet')}/subnets/one"
    place.put(f"{NET}/virtualNetworks", "vnet", {"subnets": [part(subnet, {})]})
    address = place.put(f"{NET}/publicIPAddresses", "ip", {})
    group = place.put(f"{NET}/applicationSecurityGroups", "asg", {})
    machine = place.of(VM, "vm")
    joined = {"subnet": to(subnet), "publicIPAddress": to(address), "applicationSecurityGroups": [to(group)]}
    configured = {"ipConfigurations": [part("/configurations/one", joined)]}
    names_machine = {} if told_by == "machine" else {"virtualMachine": to(machine)}
    interface = place.put(f"{NET}/networkInterfaces", "nic", configured | names_machine)
    place.put(f"{NET}/networkInterfaces", "endpoint", configured | {"privateEndpoint": to("/e")})
    names_interface = [] if told_by == "interface" else [to(interface.upper())]
    place.put(VM, "vm", {"networkProfile": {"networkInterfaces": names_interface}})
    types = "azure_subnet_has_vm", "azure_vm_uses_public_ip", "azure_application_security_group_protects_vm"
    assert verdicts(azure.run(*types)) == {"complete"}
    ends = (subnet, machine), (machine, address), (group, machine)
    assert edges() == {(arm_key(a), arm_key(b)) for a, b in ends}


@pytest.mark.parametrize(
    ("told", "expected"), [("West US", "westus"), ("Global", "global"), ("global", "global"), ("eastus", "eastus")]
)
def test_a_resource_is_in_a_region_by_one_name_and_so_are_its_children(
    place: Place, azure: Azure, told: str, expected: str
) -> None:
    account = place.put("Microsoft.DocumentDB/databaseAccounts", "account", {}, location=told)
    place.tenant.add_child(account, "/sqlDatabases", "one", {"resource": {"id": "one"}})
    assert verdicts(azure.run("azure_cosmosdb_account", "azure_cosmosdb_sql_database")) == {"complete"}
    for found in (entities("azure_cosmosdb_account")["account"], entities("azure_cosmosdb_sql_database")["one"]):
        assert (found["location"], found["region"]) == (expected, expected)


def test_a_child_whose_list_leaves_its_type_out_has_the_type_that_its_id_tells(place: Place, azure: Azure) -> None:
    cluster = place.put("Microsoft.ContainerService/managedClusters", "k", {})
    hours = {"timeInWeek": [{"day": "Monday", "hourSlots": [1]}]}
    place.tenant.add_child(cluster, "/maintenanceConfigurations", "default", hours, type=None)
    assert verdicts(azure.run("azure_kube_maintenance_configuration")) == {"complete"}
    found = entities("azure_kube_maintenance_configuration")["default"]
    assert found["type"] == "microsoft.containerservice/managedclusters/maintenanceconfigurations"
    assert found["timeInWeek"] == ["Monday 1"]


def test_children_whose_ids_lack_a_part_are_told_apart(place: Place, azure: Azure) -> None:
    pools = [place.put("Microsoft.Synapse/workspaces/sqlPools", f"synapse/{name}", {}) for name in ("one", "two")]
    accounts = [place.put("Microsoft.Batch/batchAccounts", name, {}) for name in ("first", "second")]
    workspace = place.put("Microsoft.Synapse/workspaces", "synapse", {})
    rules = "/dataMaskingPolicies/Default/rules"
    children = place.tenant.children
    for pool in pools:
        masks = [{"id": f"dbo_people_{each}", "columnName": each} for each in ("mail", "phone")]
        children[f"{pool}{rules}".lower()] = [{"id": f"{pool}{rules}/", "name": None, "properties": of} for of in masks]
    for account in accounts:
        program = {"id": "render", "displayName": "", "packages": [], "allowUpdates": True}
        children[f"{account}/applications".lower()] = [program]
    key = {"id": f"{workspace[1:]}/keys/default", "name": "default", "properties": {"isActiveCMK": True}}
    children[f"{workspace}/keys".lower()] = [key]
    types = "azure_synapse_sql_pool_has_masking_rule", "azure_batch_account_has_application", "azure_synapse_key"
    assert verdicts(azure.run(*types)) == {"complete"}
    ends = {(pool, f"{pool}{rules}/dbo_people_{each}") for pool in pools for each in ("mail", "phone")}
    ends |= {(account, f"{account}/applications/render") for account in accounts}
    assert edges() == {(arm_key(a), arm_key(b)) for a, b in ends}
    assert {*entities("azure_synapse_masking_rule")} == {"dbo_people_mail", "dbo_people_phone"}
    assert entities("azure_batch_application")["render"]["allowUpdates"] is True
    found = entities("azure_synapse_key")["default"]
    assert found["id"] == f"{workspace}/keys/default"
    assert found["webLink"].endswith(f"/resource{workspace}/keys/default")


@pytest.mark.parametrize("told", ["shop", "web", "shop/web"])
def test_how_an_app_is_set_up_has_one_name_whatever_azure_calls_it(place: Place, azure: Azure, told: str) -> None:
    id = place.of("Microsoft.Web/sites/config", "shop/web")
    properties = {"phpVersion": "5.6", "siteAuthEnabled": told == "web"}
    row = row_of(id, "Microsoft.Web/sites/config", name=told, tenantId=TENANT_ID, properties=properties)
    place.tenant.add(row, "appserviceresources")
    assert verdicts(azure.run("azure_web_app_configuration")) == {"complete"}
    (found,) = entities("azure_web_app_configuration").values()
    assert (found["name"], found["authEnabled"]) == ("shop/web", told == "web")


def test_parts_of_a_front_door_have_the_keys_by_which_others_name_them(place: Place, azure: Azure) -> None:
    """Its ids are in another case than its own in each part, and in another again where a part names one."""
    door = place.of(f"{NET}/frontdoors", "shop")
    own, named = (door.replace("/frontdoors/", f"/{each}/") for each in ("Frontdoors", "frontDoors"))
    pool, endpoint = f"{own}/BackendPools/pool", f"{own}/FrontendEndpoints/shop-azurefd-net"
    route = {
        "routeConfiguration": {
            "customForwardingPath": None,
            "forwardingProtocol": "HttpsOnly",
            "cacheConfiguration": None,
            "backendPool": to(f"{named}/backendPools/pool"),
        },
        "rulesEngine": None,
        "frontendEndpoints": [to(f"{named}/frontendEndpoints/shop-azurefd-net")],
        "patternsToMatch": ["/*"],
    }
    shown = {
        "hostName": "shop.azurefd.example",
        "webApplicationFirewallPolicyLink": None,
        "customHttpsConfiguration": None,
    }
    properties = {
        "routingRules": [part(f"{own}/RoutingRules/all", route)],
        "rulesEngines": [],
        "backendPools": [part(pool, {"backends": [{"address": "app.example", "privateLinkAlias": None}]})],
        "frontendEndpoints": [part(endpoint, shown)],
        "cName": "shop.azurefd.example",
    }
    place.put(f"{NET}/frontdoors", "shop", properties, location="Global", tags={})
    below = {"backend_pool": pool, "frontend_endpoint": endpoint, "routing_rule": f"{own}/RoutingRules/all"}
    assert verdicts(azure.run(*(f"azure_frontdoor_has_{each}" for each in below))) == {"complete"}
    assert edges() == {(arm_key(door), arm_key(each)) for each in below.values()}
    found = entities("azure_frontdoor_routing_rule")["all"]
    assert (found["backendPoolId"], found["frontendEndpointIds"]) == (arm_key(pool), [arm_key(endpoint)])
    assert entities("azure_frontdoor")["shop"]["cname"] == "shop.azurefd.example"


def test_what_azure_policy_has_not_said_is_no_word_of_a_state(place: Place, azure: Azure) -> None:
    """An empty text, and ``tbd``, stand for nothing: no set of rules, no version, no category yet."""
    account = place.put("Microsoft.Storage/storageAccounts", "st", {})
    said = {"complianceState": "NonCompliant", "resourceId": account.lower(), "policyDefinitionName": "rule"}
    unsaid = [f"policySetDefinition{each}" for each in ("Id", "Name", "Version", "Category")]
    unsaid += ["policyDefinitionVersion", "policyDefinitionReferenceId", "policyAssignmentId"]
    unsaid += ["policyAssignmentVersion", "managementGroupIds"]
    told = dict.fromkeys(unsaid, "") | {"policyDefinitionCategory": "tbd", "policyDefinitionGroupNames": [""]}
    state = f"{account}/providers/Microsoft.PolicyInsights/policyStates/one"
    row = row_of(state, "microsoft.policyinsights/policystates", tenantId=TENANT_ID, properties={**said, **told})
    place.tenant.add(row, "policyresources")
    assert verdicts(azure.run("azure_policy_state")) == {"complete"}
    (found,) = entities("azure_policy_state").values()
    assert found["policyDefinitionName"] == "rule"
    assert found["policyDefinitionGroupNames"] == []
    assert not {*unsaid, "policyDefinitionCategory"} & found.keys()


def test_a_workspace_of_synapse_tells_where_its_files_are_and_who_administers_it(place: Place, azure: Azure) -> None:
    storage = place.put("Microsoft.Storage/storageAccounts", "lake", {})
    told = {
        "settings": {"azureADOnlyAuthentication": {"value": False, "state": "Consistent"}},
        "defaultDataLakeStorage": {
            "resourceId": storage,
            "createManagedPrivateEndpoint": False,
            "accountUrl": "https://lake.dfs.example",
            "filesystem": "files",
        },
        "encryption": {
            "cmk": {
                "kekIdentity": {"userAssignedIdentity": "/identity", "useSystemAssignedIdentity": False},
                "status": "Consistent",
                "key": {"name": "default", "keyVaultUrl": "https://kv.example/keys/key1"},
            },
            "doubleEncryptionEnabled": True,
        },
        "extraProperties": {"WorkspaceType": "Normal", "IsScopeEnabled": False},
        "cspWorkspaceAdminProperties": {"initialWorkspaceAdminObjectId": "00000000-0000-4000-8000-000000000077"},
        "azureADOnlyAuthentication": False,
        "privateEndpointConnections": [],
    }
    place.put("Microsoft.Synapse/workspaces", "synapse", told)
    expected = {
        "defaultDataLakeStorageUrl": "https://lake.dfs.example",
        "defaultDataLakeStorageFilesystem": "files",
        "initialAdminObjectId": "00000000-0000-4000-8000-000000000077",
        "cmkStatus": "Consistent",
        "azureADOnlyAuthentication": False,
    }
    check_told(azure, "azure_synapse_workspace", expected)


@pytest.mark.parametrize("told", [{"isAutoInflateEnabled": False, "maximumThroughputUnits": 0}, {}])
def test_a_namespace_of_hubs_tells_whether_it_grows(place: Place, azure: Azure, told: dict[str, object]) -> None:
    place.put("Microsoft.EventHub/namespaces", "hubs", {"status": "Active", **told})
    none = {"isAutoInflateEnabled": None, "maximumThroughputUnits": None}
    check_told(azure, "azure_event_hub_namespace", none | told)


def test_an_initiative_tells_by_which_names_it_holds_each_rule(place: Place, azure: Azure) -> None:
    policy = "/providers/Microsoft.Authorization/policy"
    rule, initiative = f"{policy}Definitions/{S}", f"{policy}SetDefinitions/{S}"
    told = [("second", rule), ("first", rule.upper()), (None, rule)]
    members = [{"policyDefinitionReferenceId": name, "policyDefinitionId": id} for name, id in told]
    rows: dict[str, Any] = {
        rule: {"policyType": "BuiltIn", "displayName": "Servers are scanned"},
        initiative: {"policyType": "BuiltIn", "displayName": "Security", "policyDefinitions": members},
        f"{place.id}{policy}Assignments/one": {"policyDefinitionId": initiative, "scope": place.id},
    }
    for id, properties in rows.items():
        type = id.rpartition("/providers/")[2].rpartition("/")[0]
        place.tenant.add(row_of(id, type, properties=properties), "policyresources")
    edge = "azure_policy_set_definition_contains_definition"
    assert verdicts(azure.run(edge)) == {"complete"}
    with closing(sqlite3.connect(Path("out") / "graph.db")) as database:
        (found,) = database.execute("SELECT properties FROM relationships WHERE _type = ?", (edge,))
    assert json.loads(found[0])["policyDefinitionReferenceId"] == "first, second"
