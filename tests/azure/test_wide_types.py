"""Networks beyond a region, alerts and copies, as awkward as tenants have them."""

from typing import Any

import pytest

from tests.azure.one_group import azure, entities, place
from tests.azure.reading import Azure, edges, keys, verdicts
from tests.simulator.azure.place import Place, part, to
from tests.simulator.azure.tenant import row_of

__all__ = ["azure", "place"]
pytestmark = pytest.mark.every_area

NET = "Microsoft.Network"
GROUP = "Microsoft.Insights/actionGroups"
FROM_BLOBS = {"sourceKind": "AzureBlob", "azureBlob": {"url": "https://st.blob.example", "containerName": "apps"}}


@pytest.mark.parametrize(
    ("type", "of", "written"),
    [
        ("metric_alert", "metricAlerts", lambda id: [{"actionGroupId": id.upper()}]),
        ("scheduled_query_rule", "scheduledQueryRules", lambda id: {"actionGroups": [id]}),
        ("activity_log_alert", "activityLogAlerts", lambda id: {"actionGroups": [{"actionGroupId": id}]}),
        ("metric_alert", "metricAlerts", lambda id: None),
        ("scheduled_query_rule", "scheduledQueryRules", lambda id: {"actionGroups": None}),
    ],
    ids=["metric", "query", "activity", "metric to nobody", "query to nobody"],
)
def test_an_alert_tells_a_group_however_it_names_it(
    place: Place, azure: Azure, type: str, of: str, written: Any
) -> None:
    group = place.put(GROUP, "on-call", {})
    told = written(group)
    alert = place.put(f"Microsoft.Insights/{of}", "alert", {"actions": told, "scopes": None})
    assert verdicts(azure.run(f"azure_monitor_{type}_uses_action_group")) == {"complete"}
    named = told and any(told.values() if isinstance(told, dict) else told)
    assert edges() == ({(alert.lower(), group.lower())} if named else set())


def test_an_alert_watches_what_it_says_whatever_that_is(place: Place, azure: Azure) -> None:
    machine = place.put("Microsoft.Compute/virtualMachines", "vm", {})
    alert = place.put("Microsoft.Insights/metricAlerts", "busy", {"scopes": [machine.upper(), machine, place.id]})
    types = ("azure_vm", "azure_resource_group", "azure_monitor_metric_alert_monitors_azure_scope")
    place.tenant.add(row_of(place.id, "microsoft.resources/subscriptions/resourcegroups"))
    assert verdicts(azure.run(*types)) == {"complete"}
    assert edges() == {(alert.lower(), machine.lower()), (alert.lower(), place.id.lower())}


@pytest.mark.parametrize(
    ("named", "kind", "to_type"),
    [
        ("localNetworkGateway2", "localNetworkGateways", "local_network_gateway"),
        ("virtualNetworkGateway2", "virtualNetworkGateways", "virtual_network_gateway"),
        ("peer", "expressRouteCircuits", "expressroute_circuit"),
    ],
)
def test_a_connection_leads_to_what_it_names(place: Place, azure: Azure, named: str, kind: str, to_type: str) -> None:
    gateway = place.put(f"{NET}/virtualNetworkGateways", "vpn", {})
    peer = place.put(f"{NET}/{kind}", "other", {})
    told = {"virtualNetworkGateway1": to(gateway.upper()), named: to(peer.upper())}
    connection = place.put(f"{NET}/connections", "c", told).lower()
    connects = f"azure_network_connection_connects_{to_type}"
    report = azure.run("azure_virtual_network_gateway_has_network_connection", connects)
    assert verdicts(report) == {"complete"}
    assert edges() == {(gateway.lower(), connection), (connection, peer.lower())}
    assert entities("azure_network_connection")["c"]["peerId"] == peer.lower()


def test_circuits_are_joined_by_the_connections_of_their_peerings(place: Place, azure: Azure) -> None:
    circuit = place.of(f"{NET}/expressRouteCircuits", "er")
    peering = f"{circuit}/peerings/AzurePrivatePeering"
    one = part(f"{peering}/connections/one", {"peerExpressRouteCircuitPeering": to("/OTHER")})
    peerings = [part(peering, {"connections": [one], "peeredConnections": None}), {"name": "empty", "id": "/e"}]
    place.put(f"{NET}/expressRouteCircuits", "er", {"peerings": peerings, "serviceKey": "planted"})
    assert verdicts(azure.run("azure.expressroute_circuit")) == {"complete"}
    found = entities("azure_expressroute_circuit_connection")["one"]
    assert (found["peeringId"], found["peerExpressRouteCircuitPeeringId"]) == (peering.lower(), "/other")
    assert (circuit.lower(), one["id"].lower()) in edges()
    assert keys("azure_peer_expressroute_circut_connection") == set()
    assert "planted" not in str(entities("azure_expressroute_circuit"))


def test_a_slot_is_of_a_web_app_or_of_a_function_app(place: Place, azure: Azure) -> None:
    for name, kind in (("web", "app"), ("func", "functionapp,linux")):
        place.put("Microsoft.Web/sites", name, {}, kind=kind)
        place.put("Microsoft.Web/sites/slots", f"{name}/staging", {"serverFarmId": None}, kind=kind)
    types = ("azure_web_app_has_slot", "azure_function_app_has_web_app_slot")
    report = azure.run(*types)
    assert {report.of(type).count for type in types} == {1}
    assert not any(result.problems for result in report.results)


def test_a_front_door_without_parts_has_none_and_one_with_them_leads_to_them(place: Place, azure: Azure) -> None:
    place.put(f"{NET}/frontDoors", "empty", {"frontendEndpoints": None})
    door = place.of(f"{NET}/frontDoors", "door")
    pool = part(
        f"{door}/BackendPools/p", {"backends": [{"address": "a"}, {"address": "b", "enabledState": "Disabled"}]}
    )
    rule = part(f"{door}/RoutingRules/r", {"routeConfiguration": {"backendPool": to(pool["id"].upper())}})
    place.put(f"{NET}/frontDoors", "door", {"backendPools": [pool], "routingRules": [rule]})
    assert verdicts(azure.run("azure.frontdoor")) == {"complete"}
    assert entities("azure_frontdoor_backend_pool")["p"]["enabledBackends"] == ["a"]
    assert entities("azure_frontdoor_routing_rule")["r"]["backendPoolId"] == pool["id"].lower()
    assert {(door.lower(), each["id"].lower()) for each in (pool, rule)} <= edges()


def test_a_machine_with_disks_in_a_storage_account_uses_it_once(place: Place, azure: Azure) -> None:
    blob = {"primaryEndpoints": {"blob": "https://Old.blob.example/"}}
    account = place.put("Microsoft.Storage/storageAccounts", "old", blob)
    disk = {"vhd": {"uri": "https://old.blob.example/vhds/1.vhd"}}
    elsewhere = {"vhd": {"uri": "https://gone.blob.example/vhds/2.vhd"}}
    profile = {"osDisk": disk, "dataDisks": [disk, elsewhere, {"managedDisk": to("/d")}]}
    machine = place.put("Microsoft.Compute/virtualMachines", "vm", {"storageProfile": profile})
    place.put("Microsoft.Compute/virtualMachines", "new", {"storageProfile": {"osDisk": None}})
    assert verdicts(azure.run("azure_vm_uses_storage_account")) == {"complete"}
    assert edges() == {(machine.lower(), account.lower())}


def test_keys_of_one_name_in_two_vaults_are_two(place: Place, azure: Azure) -> None:
    vault = place.put("Microsoft.KeyVault/vaults", "kv", {"vaultUri": "https://kv.vault.example/"})
    told = [{"keyName": "k", "keyVaultUri": f"https://{name}.vault.example"} for name in ("KV", "other")]
    place.put("Microsoft.EventHub/namespaces", "hub", {"encryption": {"keyVaultProperties": [*told, {}]}})
    report = azure.run("azure_event_hub_key_uses_keyvault_service")
    assert (verdicts(report), len(keys("azure_event_hub_key"))) == ({"complete"}, 2)
    ((_, end),) = edges()
    assert end == vault.lower()


def test_networks_are_peered_in_each_direction_by_itself(place: Place, azure: Azure) -> None:
    one, two = (place.of(f"{NET}/virtualNetworks", name) for name in ("one", "two"))
    there = part("/there", {"remoteVirtualNetwork": to(two.upper()), "allowForwardedTraffic": True})
    back = part("/back", {"remoteVirtualNetwork": to(one), "peeringState": "Disconnected"})
    for name, peerings in (("one", [there, part("/gone", {})]), ("two", [back]), ("alone", None)):
        place.put(f"{NET}/virtualNetworks", name, {"virtualNetworkPeerings": peerings})
    assert verdicts(azure.run("azure_vnet_connects_vnet")) == {"complete"}
    assert edges() == {(one.lower(), two.lower()), (two.lower(), one.lower())}


def test_what_is_put_into_a_cluster_leads_to_it_wherever_that_is(place: Place, azure: Azure) -> None:
    cluster = place.put("Microsoft.Kubernetes/connectedClusters", "edge", {})
    kind, table = "Microsoft.KubernetesConfiguration", "kubernetesconfigurationresources"
    ids = {}
    for type, told in (
        ("extensions", {}),
        ("fluxConfigurations", {"suspend": True, "gitRepository": None, **FROM_BLOBS}),
    ):
        ids[type] = f"{cluster.upper()}/providers/{kind}/{type}/one"
        place.tenant.add(row_of(ids[type], f"{kind}/{type}", properties=told), table)
    types = ("azure_cluster_has_extension", "azure_cluster_has_flux_configuration")
    assert verdicts(azure.run("azure_arc_kubernetes_cluster", *types)) == {"complete"}
    assert edges() == {(cluster.lower(), id.lower()) for id in ids.values()}
    found = entities("azure_kubernetes_flux_configuration")["one"]
    assert (found["active"], found["azureBlobUrl"]) == (False, "https://st.blob.example")
    assert "active" not in entities("azure_kubernetes_extension")["one"]


@pytest.mark.parametrize(
    ("identity", "told"),
    [
        ({"type": "SystemAssigned", "principalId": "p"}, {"aksAssignedIdentity": None}),
        (None, {"aksAssignedIdentity": {"principalId": "p", "tenantId": None, "type": None}}),
    ],
    ids=["elsewhere", "in Azure"],
)
def test_an_extension_acts_as_the_identity_that_azure_gave_it_wherever_its_cluster_is(
    place: Place, azure: Azure, identity: Any, told: dict[str, Any]
) -> None:
    cluster = place.put("Microsoft.ContainerService/managedClusters", "aks", {})
    kind = "Microsoft.KubernetesConfiguration/extensions"
    row = row_of(f"{cluster}/providers/{kind}/flux", kind, properties=told, identity=identity)
    place.tenant.add(row, "kubernetesconfigurationresources")
    assert verdicts(azure.run("azure_kubernetes_extension")) == {"complete"}
    assert entities("azure_kubernetes_extension")["flux"]["principalId"] == "p"


def test_machines_are_of_the_instance_of_azure_local_that_they_name(place: Place, azure: Azure) -> None:
    cluster = place.put("Microsoft.AzureStackHCI/clusters", "hci", {})
    machines = "Microsoft.HybridCompute/machines"
    node = place.put(machines, "node", {"parentClusterResourceId": cluster.upper(), "status": None, "osType": None})
    place.put(machines, "alone", {"parentClusterResourceId": None})
    assert verdicts(azure.run("azure_stack_hci_cluster_has_arc_machine")) == {"complete"}
    assert edges() == {(cluster.lower(), node.lower())}


def test_machines_of_a_uniform_scale_set_are_of_it(place: Place, azure: Azure) -> None:
    scale_set = place.put("Microsoft.Compute/virtualMachineScaleSets", "vmss", {})
    kind = "Microsoft.Compute/virtualMachineScaleSets/virtualMachines"
    off = {"extended": {"instanceView": {"powerState": {"code": "PowerState/deallocated"}}}}
    machines = [place.put(kind, f"vmss/{n}", told, table="computeresources") for n, told in enumerate((off, {}))]
    assert verdicts(azure.run("azure_vm_scale_set_has_instance")) == {"complete"}
    assert edges() == {(scale_set.lower(), machine.lower()) for machine in machines}
    assert [entities("azure_vm_scale_set_instance")[name].get("active") for name in "01"] == [False, None]


def test_copies_are_of_what_the_vault_names(place: Place, azure: Azure) -> None:
    disk = place.put("Microsoft.Compute/disks", "d", {})
    vault = place.put("Microsoft.DataProtection/backupVaults", "v", {})
    for name, source in (("one", {"resourceID": disk.upper()}), ("two", None)):
        kind = "Microsoft.DataProtection/backupVaults/backupInstances"
        place.put(kind, f"v/{name}", {"dataSourceInfo": source}, table="recoveryservicesresources")
    types = ("azure_managed_disk", "azure_backup_vault_has_instance", "azure_backup_instance_protects_resource")
    assert verdicts(azure.run(*types)) == {"complete"}
    one, two = (f"{vault}/backupInstances/{name}".lower() for name in ("one", "two"))
    assert edges() == {(vault.lower(), one), (vault.lower(), two), (one, disk.lower())}


def test_a_gateway_uses_the_policies_of_all_of_it_and_of_its_parts(place: Place, azure: Azure) -> None:
    kind = f"{NET}/ApplicationGatewayWebApplicationFirewallPolicies"
    whole, listener, path = (place.put(kind, name, {}) for name in ("whole", "listener", "path"))
    told = {
        "firewallPolicy": to(whole.upper()),
        "httpListeners": [
            part("/l", {"firewallPolicy": to(listener)}),
            part("/m", {"firewallPolicy": to(whole)}),
            None,
        ],
        "urlPathMaps": [part("/p", {"pathRules": [part("/r", {"firewallPolicy": to(path)}), part("/s", {})]})],
    }
    gateway = place.put(f"{NET}/applicationGateways", "agw", told)
    assert verdicts(azure.run("azure_application_gateway_uses_waf_policy")) == {"complete"}
    assert edges() == {(gateway.lower(), each.lower()) for each in (whole, listener, path)}


def test_pools_galleries_and_environments_may_use_identities_too(place: Place, azure: Azure) -> None:
    given = place.put("Microsoft.ManagedIdentity/userAssignedIdentities", "id", {})
    identity: dict[str, Any] = {"identity": {"type": "UserAssigned", "userAssignedIdentities": {given.upper(): {}}}}
    place.put("Microsoft.Batch/batchAccounts", "batch", {})
    pool = place.put("Microsoft.Batch/batchAccounts/pools", "batch/all", {}, table="batchresources", **identity)
    gallery = place.put("Microsoft.Compute/galleries", "gallery", {}, **identity)
    environment = place.put("Microsoft.App/managedEnvironments", "cae", {}, **identity)
    place_of_apps = place.put("Microsoft.Web/hostingEnvironments", "ase", {}, **identity)
    types = ("azure_batch_pool", "azure_gallery", "azure_container_app_environment")
    azure.run(*types, "azure_resource_uses_user_assigned_identity")
    users = {source for source, target in edges() if target == given.lower()}
    assert users >= {each.lower() for each in (pool, gallery, environment, place_of_apps)}
    assert entities(types[2])["cae"]["userAssignedIdentityIds"] == [given.lower()]
