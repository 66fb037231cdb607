"""Words of Azure's, such as Enabled or Inbound, mean the same in whatever case a provider writes them."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.azure.one_group import azure, entities, place
from tests.azure.reading import Azure, edges, verdicts
from tests.simulator.azure.place import Place, part

__all__ = ["azure", "place"]
pytestmark = pytest.mark.every_area

NET = "Microsoft.Network"
CASES: list[Callable[[str], str]] = [str, str.lower, str.upper]
POOL = {
    "backends": [
        {"address": "on.example", "enabledState": "Enabled"},
        {"address": "off.example", "enabledState": "Disabled"},
    ]
}
OPEN = {
    "direction": "Inbound",
    "access": "Allow",
    "protocol": "*",
    "sourceAddressPrefix": "*",
    "destinationPortRange": "*",
}


def written(value: Any, case: Callable[[str], str]) -> Any:
    """The same with all texts in a case."""
    if isinstance(value, dict):
        return {name: written(each, case) for name, each in value.items()}
    if isinstance(value, list):
        return [written(each, case) for each in value]
    return case(value) if isinstance(value, str) else value


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize(
    ("type", "of", "properties", "name", "expected"),
    [
        ("azure_managed_disk", "Microsoft.Compute/disks", {"diskState": "Unattached"}, "attached", False),
        ("azure_managed_disk", "Microsoft.Compute/disks", {"diskState": "ReadyToUpload"}, "attached", False),
        ("azure_managed_disk", "Microsoft.Compute/disks", {"diskState": "ActiveSAS"}, "attached", False),
        ("azure_managed_disk", "Microsoft.Compute/disks", {"diskState": "Reserved"}, "attached", True),
        ("azure_managed_disk", "Microsoft.Compute/disks", {"diskState": "Attached"}, "attached", True),
        (
            "azure_vm",
            "Microsoft.Compute/virtualMachines",
            {"extended": {"instanceView": {"powerState": {"code": "PowerState/running"}}}},
            "active",
            True,
        ),
        ("azure_arc_machine", "Microsoft.HybridCompute/machines", {"status": "Connected"}, "active", True),
        ("azure_mysql_server", "Microsoft.DBforMySQL/servers", {"sslEnforcement": "Enabled"}, "secureTransport", True),
        (
            "azure_container_group",
            "Microsoft.ContainerInstance/containerGroups",
            {"ipAddress": {"type": "Public", "ports": []}},
            "public",
            True,
        ),
        (
            "azure_api_management_service",
            "Microsoft.ApiManagement/service",
            {"virtualNetworkType": "Internal"},
            "public",
            False,
        ),
        (
            "azure_security_group",
            f"{NET}/networkSecurityGroups",
            {"securityRules": [part("/one", OPEN)]},
            "isWideOpen",
            True,
        ),
        (
            "azure_frontdoor_backend_pool",
            f"{NET}/frontDoors",
            {"backendPools": [part("/backendpools/one", POOL)]},
            "enabledBackends",
            ["on.example"],
        ),
    ],
)
def test_a_property_is_the_same_in_any_case(
    place: Place,
    azure: Azure,
    type: str,
    of: str,
    properties: dict[str, Any],
    name: str,
    expected: Any,
    case: Callable[[str], str],
) -> None:
    place.put(of, "one", written(properties, case))
    assert verdicts(azure.run(type)) == {"complete"}
    ((_, found),) = entities(type).items()
    assert written(found[name], str.lower) == expected


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize(("access", "type"), [("Allow", "allows"), ("Deny", "denies")])
def test_a_rule_leads_where_it_says_in_any_case(
    place: Place, azure: Azure, access: str, type: str, case: Callable[[str], str]
) -> None:
    group = place.of(f"{NET}/networkSecurityGroups", "nsg")
    coming = {**OPEN, "access": access, "sourceAddressPrefix": "203.0.113.0/24"}
    going = {**coming, "direction": "Outbound", "destinationAddressPrefix": "198.51.100.0/24"}
    rules = [part(f"{group}/securityRules/{name}", written(of, case)) for name, of in (("in", coming), ("out", going))]
    place.put(f"{NET}/networkSecurityGroups", "nsg", {"securityRules": rules})
    azure.run(f"azure_source_{type}_security_group", f"azure_security_group_{type}_destination")
    source, destination = (f"azure_external_network:{each}" for each in ("203.0.113.0/24", "198.51.100.0/24"))
    assert edges() == {(source, group.lower()), (group.lower(), destination)}


@pytest.mark.parametrize("case", CASES)
def test_what_is_below_a_resource_is_read_in_any_case(place: Place, azure: Azure, case: Callable[[str], str]) -> None:
    account = place.put("Microsoft.Storage/storageAccounts", "one", {})
    place.tenant.add_child(account, "/blobServices/default/containers", "c", {"publicAccess": case("Blob")})
    place.put("Microsoft.Sql/servers", "one", {})
    database = place.put("Microsoft.Sql/servers/databases", "one/db", {})
    place.tenant.set_child(database, "/transparentDataEncryption/current", {"state": case("Enabled")})
    assert verdicts(azure.run("azure_storage_container", "azure_sql_database_encryption")) == {"complete"}
    assert entities("azure_storage_container")["c"]["public"] is True
    assert entities("azure_sql_database_encryption")["current"]["encrypted"] is True


@pytest.mark.parametrize("case", CASES)
def test_what_defender_found_is_about_a_resource_in_any_case(
    place: Place, azure: Azure, case: Callable[[str], str]
) -> None:
    machine = place.put("Microsoft.Compute/virtualMachines", "vm", {})
    about = {"resourceDetails": {"Source": case("Azure"), "Id": machine}, "status": {"code": case("Unhealthy")}}
    found = place.put("Microsoft.Compute/virtualMachines/assessments", "vm/a", about)
    place.tenant.remove([found])
    put = place.tenant.add
    row = dict(place.tenant.tables["resources"][machine.lower()])
    id = f"{machine}/providers/Microsoft.Security/assessments/a"
    put(
        {**row, "id": id, "name": "a", "type": "microsoft.security/assessments", "properties": about},
        "securityresources",
    )
    alert = {"resourceIdentifiers": [{"type": case("AzureResource"), "azureResourceId": machine}], "state": "Active"}
    of = f"{place.id}/providers/Microsoft.Security/locations/x/alerts/b"
    put(
        {**row, "id": of, "name": "b", "type": "microsoft.security/locations/alerts", "properties": alert},
        "securityresources",
    )
    azure.run("azure_vm", "azure_resource_has_security_assessment", "azure_resource_has_defender_alert")
    assert {(machine.lower(), id.lower()), (machine.lower(), of.lower())} <= edges()


@pytest.mark.parametrize("case", CASES)
def test_an_add_on_of_a_cluster_is_on_whatever_it_is_written_as(
    place: Place, azure: Azure, case: Callable[[str], str]
) -> None:
    names = {"azurePolicy": True, "omsAgent": False, "azureKeyvaultSecretsProvider": None, "kubeDashboard": True}
    profiles = {case(name): {"enabled": enabled} for name, enabled in names.items()}
    place.put("Microsoft.ContainerService/managedClusters", "aks", {"addonProfiles": profiles | {"other": None}})
    place.put("Microsoft.ContainerService/managedClusters", "bare", {"addonProfiles": None})
    assert verdicts(azure.run("azure_kubernetes_cluster")) == {"complete"}
    told = ("azurePolicyEnabled", "monitoringEnabled", "secretsProviderEnabled")
    found = entities("azure_kubernetes_cluster")
    assert [found["aks"].get(name) for name in told] == [True, False, None]
    assert [found["bare"].get(name) for name in told] == [None, None, None]
