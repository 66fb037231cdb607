"""Properties have the names that graph-azure gives them too, on rows of the shape that subscriptions gave."""

from typing import Any

import pytest

from tests.azure.reading import Azure, verdicts
from tests.azure.test_network_types import azure, entities, place
from tests.simulator.azure.place import Place, part, to

__all__ = ["azure", "place"]
pytestmark = pytest.mark.every_area

NET, COMPUTE = "Microsoft.Network", "Microsoft.Compute"
WINDOWS = {"windowsConfiguration": {"enableAutomaticUpdates": True, "timeZone": "Pacific Standard Time"}}
IMAGE = {"publisher": "canonical", "offer": "focal", "sku": "20_04-lts", "exactVersion": "20.04.202404080"}
SERVER = {"sslEnforcement": "Enabled", "userVisibleState": "Ready", "storageProfile": {"storageMB": 640000}}
SKU = {"name": "GP_Gen5_4", "tier": "GeneralPurpose", "family": "Gen5", "capacity": 4}
DOOR = {"backendPoolsSettings": {"enforceCertificateNameCheck": "Enabled", "sendRecvTimeoutSeconds": 30}}
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
    assert verdicts(azure.run(type)) == {"complete"}
    found = entities(type)["one"]
    assert {name: found.get(name) for name in expected} == expected
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
    rules = [
        part(f"{door}/RoutingRules/handed", {"routeConfiguration": handed, "frontendEndpoints": [to(f"{door}/F/End")]}),
        part(f"{door}/RoutingRules/sent", {"routeConfiguration": sent, "frontendEndpoints": []}),
    ]
    place.put(f"{NET}/frontDoors", "door", {"routingRules": rules})
    assert verdicts(azure.run("azure_frontdoor_routing_rule")) == {"complete"}
    found, route = entities("azure_frontdoor_routing_rule"), "routeConfiguration"
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
    assert (secrets["s"]["vaultUrl"], secrets["s"].get("version")) == (f"{uri}:443", None)
    assert "vaultUrl" not in secrets["bare"]
