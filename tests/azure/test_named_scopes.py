"""What rows name of scopes, copies, keys and people is led to, where it stands in a form of its own."""

from typing import Any

import pytest

from tests.azure.one_group import S, azure, place
from tests.azure.reading import Azure, edges, verdicts
from tests.simulator.azure.place import Place, part, to
from tests.simulator.azure.tenant import row_of

__all__ = ["azure", "place"]
pytestmark = pytest.mark.every_area

NET, COMPUTE, GUID = "Microsoft.Network", "Microsoft.Compute", "0A000000-0000-4000-8000-00000000000{}"
GROUP = f"/subscriptions/{S}/resourceGroups/RG/providers"
VNET, NIC = f"{GROUP}/{NET}/virtualNetworks/Web", f"{GROUP}/{NET}/networkInterfaces/nic"
MYSQL = "Microsoft.DBforMySQL"
_OF_COPIES = "azure_snapshot", "azure_storage_account"


@pytest.mark.parametrize(
    ("name", "of", "properties", "expected", "backwards"),
    [
        ("azure_mysql_server_generated_server", f"{MYSQL}/flexibleServers",
         {"replicationRole": "Replica", "sourceServerResourceId": f"{GROUP}/{MYSQL}/flexibleServers/First"},
         [f"{GROUP}/{MYSQL}/flexibleServers/First"], True),
        ("azure_mysql_server_generated_server", f"{MYSQL}/flexibleServers",
         {"replicationRole": "None", "sourceServerResourceId": f"{GROUP}/{MYSQL}/flexibleServers/First"}, [], True),
        ("azure_postgresql_server_generated_server", "Microsoft.DBforPostgreSQL/servers",
         {"masterServerId": f"{GROUP}/Microsoft.DBforPostgreSQL/servers/First"},
         [f"{GROUP}/Microsoft.DBforPostgreSQL/servers/First"], True),
        ("azure_mariadb_server_generated_server", "Microsoft.DBforMariaDB/servers",
         {"masterServerId": f"{GROUP}/Microsoft.DBforMariaDB/servers/First"},
         [f"{GROUP}/Microsoft.DBforMariaDB/servers/First"], True),
        ("azure_sql_dropped_database_generated_database", "Microsoft.Sql/servers/databases",
         {"restorableDroppedDatabaseId": f"{GROUP}/Microsoft.Sql/servers/one/restorableDroppedDatabases/D,1"},
         [f"{GROUP}/Microsoft.Sql/servers/one/restorableDroppedDatabases/D,1"], True),
        ("azure_sql_recoverable_database_generated_database", "Microsoft.Sql/servers/databases",
         {"recoverableDatabaseId": f"{GROUP}/Microsoft.Sql/servers/one/recoverableDatabases/D"},
         [f"{GROUP}/Microsoft.Sql/servers/one/recoverableDatabases/D"], True),
        ("azure_gallery_allows_subscription", f"{COMPUTE}/galleries",
         {"sharingProfile": {"permissions": "Groups", "groups": [
             {"type": "AADTenants", "ids": [GUID.format(1)]}, {"type": "Subscriptions", "ids": [S.upper(), S, None]},
             {"type": "subscriptions", "ids": None}, {"ids": [GUID.format(2)]}]}},
         [f"/subscriptions/{S}"], False),
        ("azure_capacity_reservation_group_allows_subscription", f"{COMPUTE}/capacityReservationGroups",
         {"sharingProfile": {"subscriptionIds": [to(f"/Subscriptions/{S.upper()}"), {}]}},
         [f"/subscriptions/{S}"], False),
        ("azure_vnet_uses_nat_gateway", f"{NET}/natGateways", {"sourceVirtualNetwork": to(VNET)}, [VNET], True),
        ("azure_vnet_has_bastion_host", f"{NET}/bastionHosts", {"virtualNetwork": to(VNET)}, [VNET], True),
        ("azure_vm_uses_capacity_reservation", f"{COMPUTE}/capacityReservationGroups/capacityReservations",
         {"virtualMachinesAssociated": [to(f"{GROUP}/{COMPUTE}/virtualMachines/VM"), None]},
         [f"{GROUP}/{COMPUTE}/virtualMachines/VM"], True),
        ("azure_healthcare_service_allows_principal", "Microsoft.HealthcareApis/services",
         {"accessPolicies": [{"objectId": GUID.format(1)}, None, {"objectId": GUID.format(1).lower()}]},
         [GUID.format(1)], False),
        ("azure_healthcare_fhir_service_allows_principal", "Microsoft.HealthcareApis/workspaces/fhirServices",
         {"accessPolicies": [{"objectId": GUID.format(2)}]}, [GUID.format(2)], False),
        ("azure_hdinsight_cluster_allows_principal", "Microsoft.HDInsight/clusters",
         {"kafkaRestProperties": {"clientGroupInfo": {"groupId": GUID.format(3)}}}, [GUID.format(3)], False),
        ("azure_storage_account_allows_resource", "Microsoft.Storage/storageAccounts",
         {"networkAcls": {"resourceAccessRules": [
             {"tenantId": "t", "resourceId": f"{GROUP}/Microsoft.Synapse/workspaces/Synapse"},
             {"tenantId": "t", "resourceId": f"/subscriptions/{S}/resourceGroups/*/providers/Microsoft.Web/sites/*"}]}},
         [f"{GROUP}/Microsoft.Synapse/workspaces/Synapse"], False),
        ("azure_cosmosdb_account_allows_resource", "Microsoft.DocumentDB/databaseAccounts",
         {"networkAclBypassResourceIds": [f"{GROUP}/Microsoft.Synapse/workspaces/Synapse", None]},
         [f"{GROUP}/Microsoft.Synapse/workspaces/Synapse"], False),
    ],
)  # fmt: skip
def test_a_resource_leads_to_whom_and_what_its_row_names(
    place: Place, azure: Azure, name: str, of: str, properties: dict[str, Any], expected: list[str], backwards: bool
) -> None:
    names = ("one/two", "one/silent", "one/null") if of.count("/") > 1 else ("one", "silent", "null")
    holder = place.put(of, names[0], properties).lower()
    place.put(of, names[1], {})
    place.put(of, names[2], dict.fromkeys(properties))
    assert verdicts(azure.run(name), [name]) == {"complete"}
    assert edges() == {(each.lower(), holder) if backwards else (holder, each.lower()) for each in expected}


def test_parts_of_a_balancer_lead_to_the_network_and_the_balancer_that_they_name(place: Place, azure: Azure) -> None:
    own = place.of(f"{NET}/loadBalancers", "one")
    looks = f"{place.of(f'{NET}/loadBalancers', 'Looks')}/frontendIPConfigurations/in"
    front = part(f"{own}/frontendIPConfigurations/f", {"gatewayLoadBalancer": to(looks)})
    pool = part(
        f"{own}/backendAddressPools/p", {"loadBalancerBackendAddresses": [part("/a", {"virtualNetwork": to(VNET)})]}
    )
    bare = part(f"{own}/backendAddressPools/bare", {"virtualNetwork": None})
    place.put(f"{NET}/loadBalancers", "one", {"frontendIPConfigurations": [front], "backendAddressPools": [pool, bare]})
    names = ["azure_lb_frontend_ip_uses_ip", "azure_lb_backend_pool_connects_vnet"]
    assert verdicts(azure.run(*names), names) == {"complete"}
    assert edges() == {(front["id"].lower(), looks.lower()), (pool["id"].lower(), VNET.lower())}


def test_a_rule_leads_to_the_groups_at_both_of_its_ends_once(place: Place, azure: Azure) -> None:
    groups = [f"{GROUP}/{NET}/applicationSecurityGroups/{name}" for name in ("Web", "Data")]
    named = {
        "sourceApplicationSecurityGroups": [to(groups[0])],
        "destinationApplicationSecurityGroups": [to(groups[1]), to(groups[0].upper())],
    }
    rules = [
        part(f"{GROUP}/{NET}/networkSecurityGroups/one/securityRules/{name}", of)
        for name, of in (("r", named), ("s", {}))
    ]
    place.put(f"{NET}/networkSecurityGroups", "one", {"securityRules": rules})
    name = "azure_security_rule_uses_application_security_group"
    assert verdicts(azure.run(name), [name]) == {"complete"}
    assert edges() == {(rules[0]["id"].lower(), group.lower()) for group in groups}


def test_a_name_of_a_front_door_leads_to_the_vault_of_its_certificate(place: Place, azure: Azure) -> None:
    vault, door = f"{GROUP}/Microsoft.KeyVault/vaults/KV", place.of(f"{NET}/frontDoors", "door")
    kept = {
        "customHttpsConfiguration": {"keyVaultCertificateSourceParameters": {"vault": to(vault), "secretName": "s"}}
    }
    ends = [part(f"{door}/frontendEndpoints/{name}", of) for name, of in (("own", kept), ("plain", {}))]
    place.put(f"{NET}/frontDoors", "door", {"frontendEndpoints": ends})
    name = "azure_frontdoor_frontend_endpoint_uses_keyvault_service"
    assert verdicts(azure.run(name), [name]) == {"complete"}
    assert edges() == {(ends[0]["id"].lower(), vault.lower())}


def test_a_machine_of_a_scale_set_leads_to_all_of_its_disks(place: Place, azure: Azure) -> None:
    disks = [f"{GROUP}/{COMPUTE}/disks/{name}" for name in ("System", "data")]
    profile = {"osDisk": {"managedDisk": to(disks[0])}, "dataDisks": [{"managedDisk": to(disks[1])}, {"lun": 1}, None]}
    type = f"{COMPUTE}/virtualMachineScaleSets/virtualMachines"
    machine = place.put(type, "set/0", {"storageProfile": profile}, table="computeresources")
    place.put(type, "set/1", {"storageProfile": None}, table="computeresources")
    name = "azure_vm_scale_set_instance_uses_managed_disk"
    assert verdicts(azure.run(name), [name]) == {"complete"}
    assert edges() == {(machine.lower(), disk.lower()) for disk in disks}


def test_a_role_is_assigned_in_the_groups_of_resources_that_it_names(place: Place, azure: Azure) -> None:
    scopes = [place.id, f"{place.id}-two/providers/Microsoft.Web/sites/shop", f"/subscriptions/{S}", "/", None]
    role = f"/providers/Microsoft.Authorization/roleDefinitions/{GUID.format(1).lower()}"
    told = {"roleName": "Ours", "type": "CustomRole", "assignableScopes": scopes}
    place.put("Microsoft.Authorization/roleDefinitions", GUID.format(1), told, table="authorizationresources")
    names = [f"azure_{of}_contains_role_definition" for of in ("resource_group", "subscription", "management_group")]
    assert verdicts(azure.run(*names), names) == {"complete"}
    holders = {place.id, f"{place.id}-two", f"/subscriptions/{S}"}
    assert edges() == {(holder.lower(), role.lower()) for holder in holders}


def test_whom_an_action_group_writes_to_by_their_role(place: Place, azure: Azure) -> None:
    receivers = [{"name": "owners", "roleId": GUID.format(1)}, {"name": "odd"}, None]
    group = place.put("Microsoft.Insights/actionGroups", "one", {"armRoleReceivers": receivers})
    place.put("Microsoft.Insights/actionGroups", "silent", {"armRoleReceivers": None})
    name = "azure_monitor_action_group_notifies_role_definition"
    assert verdicts(azure.run(name), [name]) == {"complete"}
    role = f"/providers/microsoft.authorization/roledefinitions/{GUID.format(1).lower()}"
    assert edges() == {(group.lower(), role)}


def test_what_a_rule_leaves_out_is_led_to(place: Place, azure: Azure) -> None:
    left_out = {"scope": f"/subscriptions/{S}", "notScopes": [place.id, None]}
    type = "Microsoft.Authorization/policyAssignments"
    assignment = place.put(type, "one", left_out, table="policyresources")
    place.put(type, "two", {"notScopes": None}, table="policyresources")
    name = "azure_policy_assignment_allows_scope"
    assert verdicts(azure.run(name), [name]) == {"complete"}
    assert edges() == {(assignment.lower(), place.id.lower())}


def test_an_alias_leads_to_its_resource_also_when_that_is_gone(place: Place, azure: Azure) -> None:
    gone = f"{GROUP}/{NET}/publicIPAddresses/Gone"
    zone = place.put(f"{NET}/dnsZones", "contoso.example", {})
    for name, target in (("shop", to(gone)), ("plain", None)):
        told = {"targetResource": target, "fqdn": f"{name}.contoso.example."}
        place.put(f"{NET}/dnsZones/a", f"contoso.example/{name}", told, table="dnsresources")
    name = "azure_dns_record_set_connects_resource"
    assert verdicts(azure.run(name), [name]) == {"complete"}
    assert edges() == {(f"{zone}/a/shop".lower(), gone.lower())}


def test_a_binding_leads_to_the_resource_that_has_roles_in_a_cluster(place: Place, azure: Azure) -> None:
    cluster = place.put("Microsoft.ContainerService/managedClusters", "aks", {})
    workspace = f"{GROUP}/Microsoft.MachineLearningServices/workspaces/ML"
    binding = place.tenant.add_child(cluster, "/trustedAccessRoleBindings", "ml", {"sourceResourceId": workspace})
    name = "azure_kube_cluster_role_binding_assigned_resource"
    assert verdicts(azure.run(name), [name]) == {"complete"}
    assert edges() == {(binding.lower(), workspace.lower())}


def test_an_administrator_is_looked_up_by_an_identity(place: Place, azure: Azure) -> None:
    server = place.put(f"{MYSQL}/flexibleServers", "one", {})
    identity = f"{GROUP}/Microsoft.ManagedIdentity/userAssignedIdentities/Looks"
    told = {"administratorType": "ActiveDirectory", "login": "ada", "identityResourceId": identity}
    administrator = place.tenant.add_child(server, "/administrators", "ActiveDirectory", told)
    name = "azure_mysql_server_active_directory_admin_uses_user_assigned_identity"
    assert verdicts(azure.run(name), [name]) == {"complete"}
    assert edges() == {(administrator.lower(), identity.lower())}


def test_whom_an_app_lets_in_by_name(place: Place, azure: Azure) -> None:
    app = place.put("Microsoft.Web/sites", "shop", {}, kind="app")
    allowed = {"allowedPrincipals": {"groups": [GUID.format(1)], "identities": [GUID.format(2), None]}}
    directory = {"validation": {"defaultAuthorizationPolicy": allowed}}
    place.tenant.set_child(app, "/config/authsettingsV2", {"identityProviders": {"azureActiveDirectory": directory}})
    name = "azure_app_authentication_setting_allows_principal"
    assert verdicts(azure.run(name), [name]) == {"complete"}
    setting = f"{app}/config/authsettingsv2".lower()
    assert edges() == {(setting, GUID.format(number).lower()) for number in (1, 2)}


def test_what_is_wrong_leads_to_the_rule_that_is_collected_and_to_the_resource(place: Place, azure: Azure) -> None:
    vm = f"{GROUP}/{COMPUTE}/virtualMachines/VM"
    wrong: dict[str, Any] = {"status": {"code": "Unhealthy"}}
    rules = [f"/providers/Microsoft.Authorization/policyDefinitions/{name}" for name in ("Used", "not-used")]
    for rule in rules:
        told = {"policyType": "BuiltIn", "displayName": rule}
        place.tenant.add(row_of(rule, "microsoft.authorization/policydefinitions", properties=told), "policyresources")
    holds = {"policyDefinitionId": rules[0].lower(), "scope": f"/subscriptions/{S}"}
    place.put("Microsoft.Authorization/policyAssignments", "one", holds, table="policyresources")
    named: dict[str, str | None] = {"one": rules[0], "two": rules[1], "three": None}
    for name, known_rule in named.items():
        metadata, details = {"policyDefinitionId": known_rule}, {"Source": "Azure", "Id": vm}
        wrong_here = {**wrong, "metadata": metadata, "resourceDetails": details}
        place.put("Microsoft.Security/assessments", name, wrong_here, table="securityresources")
    found = place.put(
        "Microsoft.Security/assessments/subAssessments",
        "one/cve",
        {**wrong, "resourceDetails": {"source": "Azure", "id": vm}},
        table="securityresources",
    )
    defines, has = "azure_policy_definition_defines_security_assessment", "azure_resource_has_security_sub_assessment"
    assert verdicts(azure.run(defines, has), [defines, has]) == {"complete"}
    assessment = f"{GROUP}/Microsoft.Security/assessments/one"
    assert edges() == {(rules[0].lower(), assessment.lower()), (vm.lower(), found.lower())}


def test_a_disk_and_a_copy_of_one_lead_back_to_all_that_they_were_made_from(place: Place, azure: Azure) -> None:
    kinds = {
        "azure_image": f"{GROUP}/{COMPUTE}/images/Img",
        "azure_shared_image_version": f"{GROUP}/{COMPUTE}/galleries/G/images/Web/versions/1.0.0",
        "azure_storage_account": f"{GROUP}/Microsoft.Storage/storageAccounts/Files",
        "azure_snapshot": f"{GROUP}/{COMPUTE}/snapshots/Snap",
    }
    platform = (
        f"/Subscriptions/{S}/Providers/{COMPUTE}/Locations/westeurope/Publishers/p/ArtifactTypes/VMImage/Offers/o"
    )
    made = {
        "imageReference": to(kinds["azure_image"]),
        "galleryImageReference": to(kinds["azure_shared_image_version"]),
        "storageAccountId": kinds["azure_storage_account"],
        "sourceResourceId": kinds["azure_snapshot"],
    }
    for type, other in (("disks", "azure_managed_disk"), ("snapshots", "azure_snapshot")):
        copy = place.put(f"{COMPUTE}/{type}", "one", {"creationData": made}).lower()
        place.put(f"{COMPUTE}/{type}", "of-microsoft", {"creationData": {"imageReference": to(platform)}})
        place.put(f"{COMPUTE}/{type}", "empty", {"creationData": dict.fromkeys(made)})
        short = other.removeprefix("azure_")
        of_images = ["azure_image", "azure_shared_image_version"] if type == "disks" else []
        names = [f"{kind}_generated_{short}" for kind in ("azure_storage_account", *of_images)]
        names.append(
            "azure_snapshot_generated_managed_disk" if type == "disks" else "azure_snapshot_generated_snapshot"
        )
        assert verdicts(azure.run(*names), names) == {"complete"}
        assert {(from_, to_) for from_, to_ in edges() if to_ == copy} == {
            (each.lower(), copy) for kind, each in kinds.items() if kind in (*of_images, *_OF_COPIES)
        }
        assert not [each for each in edges() if each[1].endswith(("of-microsoft", "empty"))]
