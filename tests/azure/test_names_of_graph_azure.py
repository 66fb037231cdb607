"""Properties have the names that graph-azure gives them too, on rows of the shape that subscriptions gave."""

from typing import Any

import pytest

from tests.azure.one_group import azure, check_told, entities, place
from tests.azure.reading import Azure, edges, verdicts
from tests.simulator.azure.place import Place, part, to
from tests.simulator.azure.tenant import TENANT_ID, row_of

__all__ = ["azure", "place"]
pytestmark = pytest.mark.every_area

NET, COMPUTE = "Microsoft.Network", "Microsoft.Compute"
WINDOWS = {"windowsConfiguration": {"enableAutomaticUpdates": True, "timeZone": "Pacific Standard Time"}}
IMAGE = {"publisher": "canonical", "offer": "focal", "sku": "20_04-lts", "exactVersion": "20.04.202404080"}
SERVER = {"sslEnforcement": "Enabled", "userVisibleState": "Ready", "storageProfile": {"storageMB": 640000}}
SKU = {"name": "GP_Gen5_4", "tier": "GeneralPurpose", "family": "Gen5", "capacity": 4, "size": "640000"}
DOOR = {"backendPoolsSettings": {"enforceCertificateNameCheck": "Enabled", "sendRecvTimeoutSeconds": 30}}
ENVIRONMENT = {"tags": {"environment": "Dev"}}
DATABASE = {
    "catalogCollation": "SQL_Latin1_General_CP1_CI_AS",
    "currentServiceObjectiveName": "GP_S_Gen5_2",
    "requestedServiceObjectiveName": "GP_S_Gen5_2",
    "licenseType": "LicenseIncluded",
    "autoPauseDelay": 60,
    "minCapacity": 0.5,
    "maxLogSizeBytes": 1073741824,
    "readScale": "Disabled",
    "readReplicaCount": 0,
    "defaultSecondaryLocation": "westus",
}
SINGLE = {
    "fullyQualifiedDomainName": "one.mysql.example",
    "userVisibleState": "Ready",
    "sslEnforcement": "Enabled",
    "infrastructureEncryption": "Enabled",
    "byokEnforcement": "Disabled",
    "replicationRole": "Replica",
    "replicaCapacity": 5,
}
SERVICE = {
    "gatewayRegionalUrl": "https://one-westeurope.gateway.example",
    "portalUrl": "https://one.portal.example",
    "developerPortalUrl": "https://one.developers.example",
    "managementApiUrl": "https://one.management.example",
    "scmUrl": "https://one.scm.example",
    "publisherEmail": "apis@one.example",
    "notificationSenderEmail": "noreply@one.example",
    "enableClientCertificate": False,
}
LINKED = {
    "numberOfRecordSets": 2,
    "maxNumberOfRecordSets": 25000,
    "numberOfVirtualNetworkLinks": 1,
    "maxNumberOfVirtualNetworkLinks": 1000,
    "numberOfVirtualNetworkLinksWithRegistration": 1,
    "maxNumberOfVirtualNetworkLinksWithRegistration": 100,
}
OPEN, CLOSED = {"publiclyAccessible": True}, {"publiclyAccessible": False}
PUBLISHED, ENDS = 1710931257046, 1893456000000


@pytest.mark.parametrize(
    ("type", "of", "properties", "more", "expected"),
    [
        (
            "azure_vm",
            f"{COMPUTE}/virtualMachines",
            {"osProfile": WINDOWS, "storageProfile": {"imageReference": IMAGE, "osDisk": {"managedDisk": to("/d")}}},
            {},
            {
                "enableAutomaticUpdates": True,
                "timeZone": "Pacific Standard Time",
                "osName": "focal",
                "osVersion": "20.04.202404080",
                "usesManagedDisks": True,
            },
        ),
        (
            "azure_vm",
            f"{COMPUTE}/virtualMachines",
            {"storageProfile": {"osDisk": {"managedDisk": to("/d")}, "dataDisks": [{"lun": 0, "vhd": {"uri": "x"}}]}},
            {},
            {"usesManagedDisks": False},
        ),
        (
            "azure_managed_disk",
            f"{COMPUTE}/disks",
            {},
            {"tags": {"Production": "TRUE", "cost_center": "007", "k8s.io/app": "web"}},
            {
                "tags": ["Production=TRUE", "cost_center=007", "k8s.io/app=web"],
                "tag.Production": True,
                "tag.cost.center": "007",
                "tag.k8s.io.app": "web",
            },
        ),
        (
            "azure_managed_disk",
            f"{COMPUTE}/disks",
            {},
            {"tags": {"shards": 7, "retired": None}},
            {"tags": ["retired=", "shards=7"], "tag.shards": "7", "tag.retired": ""},
        ),
        ("azure_managed_disk", f"{COMPUTE}/disks", {"diskState": "Unattached"}, {}, {"state": "unattached"}),
        ("azure_gallery", f"{COMPUTE}/galleries", {}, {}, {"state": "Succeeded", "location": "westeurope"}),
        (
            "azure_shared_image",
            f"{COMPUTE}/galleries/images",
            {"endOfLifeDate": "2030-01-01T00:00:00+00:00"},
            {},
            {"state": "Succeeded", "endOfLifeDate": ENDS},
        ),
        (
            "azure_shared_image_version",
            f"{COMPUTE}/galleries/images/versions",
            {"publishingProfile": {"publishedDate": "2024-03-20T10:40:57.0460787+00:00"}},
            {},
            {"publishedDate": PUBLISHED, "createdOn": PUBLISHED},
        ),
        (
            "azure_nic",
            f"{NET}/networkInterfaces",
            {
                "resourceGuid": "guid",
                "ipConfigurations": [part("/one", {"privateIPAddress": "198.18.0.4"})],
                "networkSecurityGroup": to("/GROUP"),
            },
            {},
            {
                "resourceGuid": "guid",
                "privateIp": ["198.18.0.4"],
                "privateIpAddress": ["198.18.0.4"],
                "securityGroupId": "/group",
            },
        ),
        (
            "azure_lb",
            f"{NET}/loadBalancers",
            {"frontendIPConfigurations": [part("/one", {"privateIPAddress": "198.18.0.5"})]},
            {},
            {"privateIp": ["198.18.0.5"]},
        ),
        (
            "azure_ddos_protection_plan",
            f"{NET}/ddosProtectionPlans",
            {"publicIPAddresses": [to("/A")], "virtualNetworks": [to("/V")]},
            {},
            {"publicIPAddresses": ["/a"], "virtualNetworks": ["/v"]},
        ),
        ("azure_vnet", f"{NET}/virtualNetworks", {}, {"tags": {"environment": "dev"}}, {"environment": "dev"}),
        (
            "azure_postgresql_server",
            "Microsoft.DBforPostgreSQL/servers",
            SERVER,
            {"sku": SKU},
            {"state": "Ready", "secureTransport": True, **{f"sku.{name}": value for name, value in SKU.items()}},
        ),
        (
            "azure_cosmosdb_account",
            "Microsoft.DocumentDB/databaseAccounts",
            {
                "documentEndpoint": "https://one.documents.example:443/",
                "ipRangeFilter": "198.51.100.7,203.0.113.0/24",
                "readLocations": [{"documentEndpoint": "https://one-eastus.documents.example:443/"}],
            },
            {},
            {
                "category": ["infrastructure"],
                "function": ["database"],
                "endpoints": ["https://one-eastus.documents.example:443/"],
                "ipRangeFilter": ["198.51.100.7", "203.0.113.0/24"],
            },
        ),
        (
            "azure_hdinsight_cluster",
            "Microsoft.HDInsight/clusters",
            {"createdDate": "2017-01-11T18:58:26.187"},
            {},
            {"createdOn": 1_484_161_106_187},
        ),
        (
            "azure_log_analytics_workspace",
            "Microsoft.OperationalInsights/workspaces",
            {"createdDate": "Mon, 25 May 2020 11:10:01 GMT"},
            {},
            {"createdOn": 1_590_405_001_000},
        ),
        ("azure_keyvault_service", "Microsoft.KeyVault/vaults", {}, {}, {"function": ["key-vault"]}),
        ("azure_application_security_group", f"{NET}/applicationSecurityGroups", {}, {}, {"category": ["application"]}),
        ("azure_service_bus_namespace", "Microsoft.ServiceBus/namespaces", {}, {}, {"function": ["event-delivery"]}),
        ("azure_event_grid_domain", "Microsoft.EventGrid/domains", {}, {}, {"function": ["event-delivery"]}),
        ("azure_api_management_service", "Microsoft.ApiManagement/service", {}, {}, {"category": ["application"]}),
        (
            "azure_security_group",
            f"{NET}/networkSecurityGroups",
            {"subnets": [to("/s")], "networkInterfaces": [to("/i")]},
            {},
            {"category": ["network", "host"]},
        ),
        (
            "azure_monitor_activity_log_alert",
            "Microsoft.Insights/activityLogAlerts",
            {
                "condition": {
                    "allOf": [
                        {"field": "Category", "equals": "Administrative", "containsAny": None, "odata.type": None},
                        {"field": "level", "equals": None, "containsAny": ["critical", "error"], "odata.type": None},
                    ]
                }
            },
            {},
            {
                "condition.category": "Administrative",
                "conditions": ["Category=Administrative", "level=critical", "level=error"],
            },
        ),
        (
            "azure_function_app",
            "Microsoft.Web/sites",
            {},
            {"kind": "functionapp,linux"},
            {"kind": ["functionapp", "linux"]},
        ),
        ("azure_app_service_plan", "Microsoft.Web/serverfarms", {}, {"kind": "linux"}, {"kind": ["linux"]}),
        ("azure_event_hub_namespace", "Microsoft.EventHub/namespaces", {}, {}, {"resourceGroupName": "rg"}),
        (
            "azure_vm",
            f"{COMPUTE}/virtualMachines",
            {"priority": "Spot", "evictionPolicy": "Deallocate"},
            {},
            {"priority": "Spot", "evictionPolicy": "Deallocate"},
        ),
        (
            "azure_managed_disk",
            f"{COMPUTE}/disks",
            {"diskSizeGB": 30, "hyperVGeneration": "V1", "maxShares": 1, "uniqueId": "u"},
            {"zones": ["1"]},
            {"diskSizeGb": 30, "hyperVGeneration": "V1", "maxShares": 1, "uniqueId": "u", "zones": ["1"]},
        ),
        ("azure_vnet", f"{NET}/virtualNetworks", {}, {"tags": {"Environment": "DEV"}}, {"environment": "dev"}),
        (
            "azure_frontdoor",
            f"{NET}/frontDoors",
            {"cName": "one.azurefd.example"},
            {},
            {"cname": "one.azurefd.example"},
        ),
        ("azure_keyvault_service", "Microsoft.KeyVault/vaults", {}, ENVIRONMENT, {"environment": "dev"}),
        (
            "azure_cosmosdb_account",
            "Microsoft.DocumentDB/databaseAccounts",
            {},
            ENVIRONMENT,
            {"environment": "dev", "vendor": "Azure"},
        ),
        (
            "azure_storage_account",
            "Microsoft.Storage/storageAccounts",
            {
                "primaryEndpoints": {
                    "web": "https://one.web.example/",
                    "blob": "https://one.blob.example/",
                    "microsoftEndpoints": {"blob": "https://one-routed.blob.example/"},
                },
                "encryption": {"keyvaultproperties": {"keyversion": "7", "currentVersionedKeyIdentifier": "k"}},
            },
            ENVIRONMENT,
            {
                "environment": "dev",
                "endpoints": [
                    "https://one.blob.example/",
                    "https://one.web.example/",
                    "https://one-routed.blob.example/",
                ],
                "encryption.keyVaultProperties.keyVersion": "7",
                "encryption.keyVaultProperties.currentVersionedKeyIdentifier": "k",
            },
        ),
        (
            "azure_sql_server",
            "Microsoft.Sql/servers",
            {"fullyQualifiedDomainName": "one.database.example"},
            {},
            {"fullyQualifiedDomainName": "one.database.example", "secureTransport": True},
        ),
        (
            "azure_sql_database",
            "Microsoft.Sql/servers/databases",
            {"status": "Online", **DATABASE, "failoverGroupId": "/G"},
            {"managedBy": "/M"},
            {"active": True, **DATABASE, "failoverGroupId": "/g", "managedBy": "/m"},
        ),
        ("azure_sql_database", "Microsoft.Sql/servers/databases", {"status": "Offline"}, {}, {"active": False}),
        ("azure_sql_server", "Microsoft.Sql/servers", {"publicNetworkAccess": "Enabled"}, {}, OPEN),
        ("azure_sql_server", "Microsoft.Sql/servers", {"publicNetworkAccess": "SecuredByPerimeter"}, {}, CLOSED),
        ("azure_sql_server", "Microsoft.Sql/servers", {"version": "12.0"}, {}, {"publiclyAccessible": None}),
        (
            "azure_postgresql_server",
            "Microsoft.DBforPostgreSQL/servers",
            {"publicNetworkAccess": "Disabled"},
            {},
            CLOSED,
        ),
        (
            "azure_postgresql_server",
            "Microsoft.DBforPostgreSQL/flexibleServers",
            {"network": {"publicNetworkAccess": "Enabled"}},
            {},
            OPEN,
        ),
        (
            "azure_mysql_server",
            "Microsoft.DBforMySQL/servers",
            {"replicationRole": ""},
            {},
            {"publiclyAccessible": None},
        ),
        ("azure_mariadb_server", "Microsoft.DBforMariaDB/servers", {"publicNetworkAccess": "enabled"}, {}, OPEN),
        (
            "azure_mysql_server",
            "Microsoft.DBforMySQL/servers",
            {**SINGLE, "storageProfile": {"storageMB": 5120, "storageAutogrow": "Enabled"}, "masterServerId": "/S"},
            {},
            {**SINGLE, "storageMb": 5120, "storageAutogrow": "Enabled", "masterServerId": "/s"},
        ),
        (
            "azure_redis_cache",
            "Microsoft.Cache/redis",
            {"shardCount": 2, "replicasPerMaster": 1, "staticIP": "198.18.0.6"},
            {"zones": ["1", "2"]},
            {"shardCount": 2, "replicasPerMaster": 1, "staticIp": "198.18.0.6", "zones": ["1", "2"]},
        ),
        ("azure_app_service_plan", "Microsoft.Web/serverfarms", {"status": "Ready"}, {}, {"status": "Ready"}),
        ("azure_api_management_service", "Microsoft.ApiManagement/service", SERVICE, {}, SERVICE),
        (
            "azure_dns_zone",
            f"{NET}/dnsZones",
            {"numberOfRecordSets": 3, "maxNumberOfRecordSets": 10000},
            {},
            {"recordsCount": 3, "numberOfRecordSets": 3, "maxNumberOfRecordSets": 10000},
        ),
        ("azure_private_dns_zone", f"{NET}/privateDnsZones", LINKED, {}, LINKED),
        (
            "azure_frontdoor",
            f"{NET}/frontDoors",
            DOOR,
            {},
            {
                "category": ["infrastructure"],
                "backendPoolSettings.enforceCertificateNameCheck": "Enabled",
                "backendPoolSettings.sendRecvTimeoutSeconds": 30,
            },
        ),
    ],
)
def test_properties_have_the_names_of_graph_azure_too(
    place: Place, azure: Azure, type: str, of: str, properties: dict[str, Any], more: Any, expected: dict[str, Any]
) -> None:
    id = place.put(of, "/".join(["one"] * of.count("/")), properties, **more)
    found = check_told(azure, type, expected)
    assert (found["id"], found["region"], found["location"]) == (id, "westeurope", "westeurope")


def test_a_subnet_is_of_the_environment_of_its_network(place: Place, azure: Azure) -> None:
    subnets = [part("/subscriptions/s/v/subnets/s", {"addressPrefix": "198.18.0.0/24"})]
    place.put(f"{NET}/virtualNetworks", "v", {"subnets": subnets}, tags={"environment": "dev"})
    assert verdicts(azure.run("azure_subnet")) == {"complete"}
    found = entities("azure_subnet")["s"]
    assert (found["environment"], found["location"], found["CIDR"]) == ("dev", "westeurope", "198.18.0.0/24")


def test_records_of_a_name_are_of_the_type_that_the_domain_name_system_knows(place: Place, azure: Azure) -> None:
    zone = f"{NET}/dnsZones"
    place.put(zone, "a.example", {})
    start = {"TTL": 3600, "SOARecord": {"host": "ns1.example.", "email": "hostmaster.example", "serialNumber": 1}}
    place.put(f"{zone}/SOA", "a.example/@", start, table="dnsresources")
    service = {"TTL": 60, "SRVRecords": [{"target": "sip.example", "port": 5060, "priority": 1, "weight": 1}]}
    place.put(f"{zone}/SRV", "a.example/_sip", service, table="dnsresources")
    assert verdicts(azure.run("azure_dns_record_set")) == {"complete"}
    found = entities("azure_dns_record_set")
    assert (found["@"]["type"], found["@"]["azureType"]) == ("SOA", "microsoft.network/dnszones/soa")
    assert (found["@"]["soaRecordHost"], found["@"]["soaRecordEmail"]) == ("ns1.example.", "hostmaster.example")
    assert (found["_sip"]["type"], found["_sip"]["srvRecordsTargets"]) == ("SRV", ["sip.example:5060"])


def test_a_rule_of_a_front_door_says_how_it_hands_requests_on_or_where_it_sends_them(
    place: Place, azure: Azure
) -> None:
    door = place.of(f"{NET}/frontDoors", "door")
    model = "#Microsoft.Azure.FrontDoor.Models.Frontdoor{}Configuration"
    handed = {
        "@odata.type": model.format("Forwarding"),
        "forwardingProtocol": "HttpsOnly",
        "customForwardingPath": None,
        "cacheConfiguration": {"queryParameterStripDirective": "StripNone", "dynamicCompression": "Enabled"},
        "backendPool": to(f"{door}/BackendPools/Pool"),
    }
    sent = {
        "@odata.type": model.format("Redirect"),
        "redirectType": "Moved",
        "redirectProtocol": "HttpsOnly",
        "customHost": "www.a.example",
        "customQueryString": "code=planted",
    }
    guarded = {"frontendEndpoints": [to(f"{door}/F/End")], "webApplicationFirewallPolicyLink": to("/Policies/Waf")}
    rules = [
        part(f"{door}/RoutingRules/handed", {"routeConfiguration": handed, **guarded}),
        part(f"{door}/RoutingRules/sent", {"routeConfiguration": sent, "frontendEndpoints": []}),
    ]
    place.put(f"{NET}/frontDoors", "door", {"routingRules": rules})
    assert verdicts(azure.run("azure_frontdoor_routing_rule")) == {"complete"}
    found, route = entities("azure_frontdoor_routing_rule"), "routeConfiguration"
    assert found["handed"]["webApplicationFirewallPolicyLinkId"] == "/policies/waf"
    assert found["handed"]["frontendEndpoints"] == [f"{door}/f/end".lower()]
    assert found["handed"][f"{route}.odatatype"] == model.format("Forwarding")
    assert found["handed"][f"{route}.forwardingProtocol"] == "HttpsOnly"
    assert found["handed"][f"{route}.cacheConfiguration.dynamicCompression"] == "Enabled"
    assert (found["sent"][f"{route}.redirectType"], found["sent"][f"{route}.customHost"]) == ("Moved", "www.a.example")
    assert "planted" not in str(found)


def test_a_key_and_a_secret_tell_the_address_of_their_vault(place: Place, azure: Azure) -> None:
    vault = place.put("Microsoft.KeyVault/vaults", "v", {})
    uri = "https://v.vault.azure.example"
    place.tenant.add_child(vault, "/keys", "k", {"keyUri": f"{uri}/keys/k", "keyUriWithVersion": f"{uri}/keys/k/7"})
    place.tenant.add_child(vault, "/secrets", "s", {"secretUri": f"{uri}:443/secrets/s"})
    place.tenant.add_child(vault, "/secrets", "bare", {"attributes": {"enabled": True}})
    assert verdicts(azure.run("azure_keyvault_key", "azure_keyvault_secret")) == {"complete"}
    key, secrets = entities("azure_keyvault_key")["k"], entities("azure_keyvault_secret")
    assert (key["vaultUrl"], key["version"]) == (uri, "7")
    assert (secrets["s"]["vaultUrl"], secrets["s"].get("version")) == (uri, None)
    assert "vaultUrl" not in secrets["bare"]


def test_a_scale_set_tells_how_its_machines_are_made_and_upgraded_under_the_names_of_graph_azure(
    place: Place, azure: Azure
) -> None:
    profile = {
        "priority": "Spot",
        "evictionPolicy": "Delete",
        "billingProfile": {"maxPrice": 0.5},
        "licenseType": "Windows_Server",
        "diagnosticsProfile": {"bootDiagnostics": {"enabled": True, "storageUri": "https://boot.blob.example/"}},
        "extensionProfile": {"extensions": [{"name": "health"}]},
        "networkProfile": {
            "healthProbe": to("/LB/Probes/P"),
            "networkInterfaceConfigurations": [part("/nic", {})],
        },
        "osProfile": {
            "adminUsername": "operator",
            "computerNamePrefix": "web",
            "linuxConfiguration": {
                "disablePasswordAuthentication": True,
                "provisionVMAgent": True,
                "ssh": {"publicKeys": [{"path": "/home/operator/.ssh/authorized_keys", "keyData": "ssh-rsa planted"}]},
            },
            "windowsConfiguration": {"enableAutomaticUpdates": False, "provisionVMAgent": True},
        },
        "scheduledEventsProfile": {"terminateNotificationProfile": {"enable": True, "notBeforeTimeout": "PT5M"}},
        "storageProfile": {
            "imageReference": {**IMAGE, **to("/Images/One"), "version": "latest"},
            "dataDisks": [{"lun": 0, "name": "data"}, {"lun": 1}],
        },
    }
    rolling = {
        "maxBatchInstancePercent": 20,
        "maxUnhealthyInstancePercent": 30,
        "maxUnhealthyUpgradedInstancePercent": 40,
        "pauseTimeBetweenBatches": "PT1M",
    }
    system = {"enableAutomaticOSUpgrade": True, "disableAutomaticRollback": False}
    told = {
        "overprovision": False,
        "doNotRunExtensionsOnOverprovisionedVMs": False,
        "platformFaultDomainCount": 1,
        "singlePlacementGroup": False,
        "zoneBalance": True,
    }
    properties = {
        **told,
        "upgradePolicy": {"mode": "Rolling", "rollingUpgradePolicy": rolling, "automaticOSUpgradePolicy": system},
        "automaticRepairsPolicy": {"enabled": True},
        "additionalCapabilities": {"ultraSSDEnabled": False},
        "proximityPlacementGroup": to("/Near"),
        "scaleInPolicy": {"rules": ["OldestVM"]},
        "virtualMachineProfile": profile,
    }
    place.put(f"{COMPUTE}/virtualMachineScaleSets", "one", properties)
    assert verdicts(azure.run("azure_vm_scale_set")) == {"complete"}
    found, within = entities("azure_vm_scale_set")["one"], "virtualMachineProfile"
    expected = {
        **told,
        **rolling,
        "upgradeMode": "Rolling",
        "automaticOSUpgrade": True,
        "automaticOSRollback": False,
        "automaticRepairsPolicy": True,
        "ultraSSDEnabled": False,
        "proximityPlacementGroupId": "/near",
        "scaleInRules": ["OldestVM"],
        f"{within}.priority": "Spot",
        f"{within}.evictionPolicy": "Delete",
        f"{within}.billingProfile.maxPrice": 0.5,
        f"{within}.licenseType": "Windows_Server",
        f"{within}.diagnosticsProfile.bootDiagnostics.enabled": True,
        f"{within}.diagnosticsProfile.bootDiagnostics.storageUri": "https://boot.blob.example/",
        f"{within}.extensionProfile.extensions": ["health"],
        f"{within}.networkProfile.healthProbe.id": "/lb/probes/p",
        f"{within}.networkProfile.networkInterfaceConfigurations": ["nic"],
        f"{within}.osProfile.adminUsername": "operator",
        f"{within}.osProfile.computerNamePrefix": "web",
        f"{within}.osProfile.linuxConfiguration.disablePasswordAuthentication": True,
        f"{within}.osProfile.linuxConfiguration.provisionVMAgent": True,
        f"{within}.osProfile.linuxConfiguration.ssh.publicKeys": ["/home/operator/.ssh/authorized_keys"],
        f"{within}.osProfile.windowsConfiguration.enableAutomaticUpdates": False,
        f"{within}.osProfile.windowsConfiguration.provisionVMAgent": True,
        f"{within}.scheduledEventsProfile.terminateNotificationProfile.enable": True,
        f"{within}.scheduledEventsProfile.terminateNotificationProfile.notBeforeTimeout": "PT5M",
        f"{within}.storageProfile.dataDisks": ["data"],
        f"{within}.storageProfile.imageReference.id": "/images/one",
        f"{within}.storageProfile.imageReference.version": "latest",
        **{f"{within}.storageProfile.imageReference.{name}": value for name, value in IMAGE.items()},
    }
    assert {name: found.get(name) for name in expected} == expected
    assert "planted" not in str(found)


def test_a_scale_set_leads_to_its_image_whatever_kind_it_is_of(place: Place, azure: Azure) -> None:
    plain = place.put(f"{COMPUTE}/images", "plain", {})
    shared = place.put(f"{COMPUTE}/galleries/images", "gallery/shared", {})
    version = place.put(f"{COMPUTE}/galleries/images/versions", "gallery/shared/1.0.0", {})
    for name, image in (("one", plain), ("two", shared), ("three", version)):
        profile = {"storageProfile": {"imageReference": to(image.upper())}}
        place.put(f"{COMPUTE}/virtualMachineScaleSets", name, {"virtualMachineProfile": profile})
    types = [f"azure_vm_scale_set_uses_{end}" for end in ("image", "shared_image", "shared_image_version")]
    assert verdicts(azure.run(*types)) == {"complete"}
    ends = {(source.rpartition("/")[2], target) for source, target in edges() if "scalesets" in source}
    assert ends == {
        ("one", plain.lower()),
        ("two", shared.lower()),
        ("three", shared.lower()),
        ("three", version.lower()),
    }


def test_a_name_of_a_front_door_tells_whose_certificate_it_shows(place: Place, azure: Azure) -> None:
    door = place.of(f"{NET}/frontDoors", "door")
    configuration = {
        "certificateSource": "AzureKeyVault",
        "minimumTlsVersion": "1.2",
        "keyVaultCertificateSourceParameters": {"vault": to("/Vaults/V"), "secretName": "shown", "secretVersion": "1"},
        "frontDoorCertificateSourceParameters": {"certificateType": "Dedicated"},
    }
    end = {"customHttpsProvisioningSubstate": "CertificateDeployed", "customHttpsConfiguration": configuration}
    rule = {"routeConfiguration": {"backendPool": to("/Pools/P")}}
    kind = f"{NET}/Frontdoors/FrontendEndpoints"
    parts = {
        "frontendEndpoints": [part(f"{door}/FrontendEndpoints/end", end, type=kind)],
        "routingRules": [part(f"{door}/RoutingRules/rule", rule)],
    }
    place.put(f"{NET}/frontDoors", "door", parts)
    assert verdicts(azure.run("azure_frontdoor_frontend_endpoint", "azure_frontdoor_routing_rule")) == {"complete"}
    found, https = entities("azure_frontdoor_frontend_endpoint")["end"], "customHttpsConfiguration"
    assert (found["category"], found["type"]) == (["data"], "microsoft.network/frontdoors/frontendendpoints")
    assert found["customHttpsProvisioningSubstate"] == "CertificateDeployed"
    assert {name: found[name] for name in found if name.startswith(f"{https}.")} == {
        f"{https}.certificateSource": "AzureKeyVault",
        f"{https}.certificateType": "Dedicated",
        f"{https}.minimumTlsVersion": "1.2",
        f"{https}.vaultId": "/vaults/v",
    }
    pool = entities("azure_frontdoor_routing_rule")["rule"]["routeConfiguration.cacheConfiguration.backendPoolId"]
    assert pool == "/pools/p"


def test_a_connection_that_another_circuit_made_names_both_peerings(place: Place, azure: Azure) -> None:
    ends = {"expressRouteCircuitPeering": to("/OWN"), "peerExpressRouteCircuitPeering": to("/PEER")}
    kind = f"{NET}/expressRouteCircuits/peerings/peerConnections"
    peered = part("/c/peerings/p/peerConnections/one", ends, type=kind)
    peering = part("/c/peerings/p", {"peeredConnections": [peered]})
    place.put(f"{NET}/expressRouteCircuits", "c", {"peerings": [peering]})
    assert verdicts(azure.run("azure_peer_expressroute_circut_connection")) == {"complete"}
    found = entities("azure_peer_expressroute_circut_connection")["one"]
    assert (found["expressRouteCircuitPeeringId"], found["peerExpressRouteCircuitPeeringId"]) == ("/own", "/peer")
    assert found["type"] == kind.lower()


def test_a_resource_group_has_a_type(place: Place, azure: Azure) -> None:
    kind = "microsoft.resources/subscriptions/resourcegroups"
    place.tenant.add(row_of(place.id, kind, tenantId=TENANT_ID, location="westeurope"), "resourcecontainers")
    assert verdicts(azure.run("azure_resource_group")) == {"complete"}
    assert entities("azure_resource_group")["RG"]["type"] == kind


def test_who_administers_a_sql_server_has_the_name_of_its_resource(place: Place, azure: Azure) -> None:
    place.put("Microsoft.Sql/servers", "one", {"administrators": {"login": "Ada", "sid": "s", "tenantId": "t"}})
    assert verdicts(azure.run("azure_sql_server_active_directory_admin")) == {"complete"}
    found = entities("azure_sql_server_active_directory_admin")["ActiveDirectory"]
    assert found["type"] == "microsoft.sql/servers/administrators"
    assert (found["login"], found["displayName"]) == ("Ada", "Ada")


def test_rules_of_databases_and_caches_are_firewalls_of_hosts_that_look_at_addresses_alone(
    place: Place, azure: Azure
) -> None:
    addresses = ("198.51.100.1", "198.51.100.9")
    server, cache = place.put("Microsoft.Sql/servers", "s", {}), place.put("Microsoft.Cache/redis", "r", {})
    one = dict(zip(("startIpAddress", "endIpAddress"), addresses, strict=True))
    place.tenant.add_child(server, "/firewallRules", "sql", one)
    place.tenant.add_child(cache, "/firewallRules", "redis", dict(zip(("startIP", "endIP"), addresses, strict=True)))
    assert verdicts(azure.run("azure_sql_server_firewall_rule", "azure_firewall_rule")) == {"complete"}
    sql, redis = entities("azure_sql_server_firewall_rule")["sql"], entities("azure_firewall_rule")["redis"]
    assert (sql["category"], redis["category"], redis["isStateful"]) == (["host"], ["host"], False)


def test_an_api_tells_its_path_and_its_versions(place: Place, azure: Azure) -> None:
    service = place.put("Microsoft.ApiManagement/service", "one", {})
    told = {
        "path": "orders",
        "description": "Takes orders.",
        "apiVersionDescription": "The first.",
        "apiVersionSetId": "/sets/orders",
        "apiRevisionDescription": "As published.",
        "sourceApiId": "/apis/draft",
        "isOnline": True,
    }
    place.tenant.add_child(service, "/apis", "orders", told)
    place.tenant.add_child(service, "/apis", "root", {"path": ""})
    assert verdicts(azure.run("azure_api_management_api")) == {"complete"}
    found = entities("azure_api_management_api")
    assert {name: found["orders"].get(name) for name in (*told, "address")} == {**told, "address": "orders"}
    assert found["root"]["address"] == ""


def test_a_private_zone_tells_which_records_machines_put_there(place: Place, azure: Azure) -> None:
    zone = f"{NET}/privateDnsZones"
    place.put(zone, "inner.example", {})
    known = {"ttl": 10, "isAutoRegistered": True, "aRecords": [{"ipv4Address": "198.18.0.7"}]}
    place.put(f"{zone}/A", "inner.example/db", known, table="dnsresources")
    assert verdicts(azure.run("azure_private_dns_record_set")) == {"complete"}
    assert entities("azure_private_dns_record_set")["db"]["isAutoRegistered"] is True


def test_the_parts_of_a_long_text_are_one_text(place: Place, azure: Azure) -> None:
    zone = f"{NET}/dnsZones"
    place.put(zone, "a.example", {})
    told = {"TTL": 60, "TXTRecords": [{"value": ["v=DKIM1; p=abc", "def"]}]}
    place.put(f"{zone}/TXT", "a.example/key", told, table="dnsresources")
    assert verdicts(azure.run("azure_dns_record_set")) == {"complete"}
    assert entities("azure_dns_record_set")["key"]["txtRecordsValues"] == ["v=DKIM1; p=abcdef"]
