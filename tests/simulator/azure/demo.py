"""The Azure side of the demo's tenant: three subscriptions, with what is awkward about real ones."""

from typing import Any

from tests.simulator.azure.demo_access import add_access
from tests.simulator.azure.demo_apps import add_apps
from tests.simulator.azure.demo_children import add_children
from tests.simulator.azure.demo_columns import add_columns
from tests.simulator.azure.demo_compute import add_compute
from tests.simulator.azure.demo_copies import add_copies
from tests.simulator.azure.demo_data import add_data
from tests.simulator.azure.demo_databases import add_databases
from tests.simulator.azure.demo_details import add_details
from tests.simulator.azure.demo_devices import add_devices
from tests.simulator.azure.demo_domains import add_domains
from tests.simulator.azure.demo_edges import add_edges
from tests.simulator.azure.demo_further import add_further
from tests.simulator.azure.demo_governance import add_governance
from tests.simulator.azure.demo_known import add_known
from tests.simulator.azure.demo_lakes import add_lakes
from tests.simulator.azure.demo_more import add_more
from tests.simulator.azure.demo_network import add_network
from tests.simulator.azure.demo_others import add_others
from tests.simulator.azure.demo_own_access import add_own_access
from tests.simulator.azure.demo_parts import add_parts
from tests.simulator.azure.demo_placement import add_links, add_placement, add_providers
from tests.simulator.azure.demo_platform import add_platform
from tests.simulator.azure.demo_policy import add_policies
from tests.simulator.azure.demo_published import add_published
from tests.simulator.azure.demo_scopes import add_scopes
from tests.simulator.azure.demo_security import add_security
from tests.simulator.azure.demo_services import add_services
from tests.simulator.azure.demo_settings import add_settings
from tests.simulator.azure.demo_shared import add_shared
from tests.simulator.azure.demo_sizes import add_sizes
from tests.simulator.azure.demo_sources import add_sources
from tests.simulator.azure.demo_specified import add_specified
from tests.simulator.azure.demo_storage import add_storage
from tests.simulator.azure.demo_told import add_told
from tests.simulator.azure.demo_watch import add_watch
from tests.simulator.azure.demo_wide import add_wide
from tests.simulator.azure.place import Place
from tests.simulator.azure.tenant import AzureTenant, Subscription, row_of

TENANT = "00000000-0000-4000-8000-00000000000a"
PRODUCTION, TESTS, OLD = (f"00000000-0000-4000-8000-{number:012}" for number in (101, 102, 103))
_VM = "Microsoft.Compute/virtualMachines"
_NIC = "Microsoft.Network/networkInterfaces"
_POLICIES = {
    "quotaId": "EnterpriseAgreement_2014-09-01",
    "spendingLimit": "Off",
    "locationPlacementId": "Public_2014-09-01",
}


def azure_demo_tenant() -> AzureTenant:
    """Return the tenant: one subscription is disabled, ids differ in case, a machine has two interfaces, one none."""
    tenant = AzureTenant(id=TENANT)
    for name, parent in ((TENANT, TENANT), ("mg-platform", TENANT)):
        tenant.add_group(name, parent)
    for id, name, parent in (
        (PRODUCTION, "Production", "mg-platform"),
        (TESTS, "Tests", TENANT),
        (OLD, "Old project", TENANT),
    ):
        tenant.add_subscription(Subscription(id, name, parent, tenant_id=TENANT))
    _describe(tenant)
    web = _group(tenant, PRODUCTION, "RG-Web", "westeurope", tags={"env": "prod", "owner": "team-web"})
    cluster = f"{web}/providers/Microsoft.ContainerService/managedClusters/aks"
    aks = _group(tenant, PRODUCTION, "MC_rg-aks", "westeurope", managedBy=cluster)
    lab = _group(tenant, TESTS, "rg-lab", "eastus")
    _machine(tenant, web, "vm-web-01", "Linux", "running", ["nic-web-01", "nic-web-01-backup"], group="RG-WEB")
    _machine(tenant, web, "vm-web-02", "Linux", "running", ["nic-web-02"])
    _machine(tenant, lab, "vm-lab-win", "Windows", "deallocated", ["nic-lab-win"])
    _machine(tenant, lab, "vm-lab-lost", "Windows", None, ["nic-gone"], has_nics=False)
    _endpoint(tenant, web)
    places = [
        Place(tenant, id, region, TENANT) for id, region in ((web, "westeurope"), (aks, "westeurope"), (lab, "eastus"))
    ]
    add_network(*places)
    add_compute(*places)
    add_storage(places[0], places[2])
    add_data(places[0], places[2])
    add_apps(*places)
    add_edges(places[0], places[2])
    add_services(places[0], places[2])
    add_shared(*places)
    add_platform(places[0], places[2])
    add_databases(places[0])
    add_wide(places[0])
    add_watch(places[0])
    add_further(places[0], places[2])
    add_parts(places[0], places[2])
    add_children(places[0], places[2])
    add_copies(places[0], places[2])
    add_own_access(places[0], places[2])
    add_published(places[0], places[2])
    add_others(*places[:2])
    add_domains(*places[:2])
    add_lakes(places[0])
    add_told(places[0], places[2])
    add_known(places[0], places[2])
    add_more(*places[:2])
    add_placement(places[0], places[2])
    add_links(places[0])
    add_settings(places[0])
    add_specified(places[0], places[2])
    add_sources(places[0], places[2])
    add_columns(places[0], places[2])
    add_details(places[0], places[2])
    add_sizes(places[0], places[2])
    add_devices(places[0])
    subscriptions = [f"/subscriptions/{id}" for id in (PRODUCTION, TESTS)]
    add_governance(tenant, *subscriptions)
    add_policies(tenant, *subscriptions)
    add_security(tenant, subscriptions[0], places[0].of(_VM, "vm-web-01"))
    add_access(tenant, places[0], places[0].of(_VM, "vm-web-01"))
    add_scopes(tenant, places[0])
    _tag_what_is_below_resources(tenant)
    add_providers(places[0])  # which have no tags
    return tenant


def _add(tenant: AzureTenant, id: str, type: str, **given: Any) -> None:
    tenant.add(row_of(id, type, **{"tenantId": TENANT, **given}))


def _tag_what_is_below_resources(tenant: AzureTenant) -> None:
    """Give a tag to all that is below a resource and has none."""
    rows = [row for each in tenant.children.values() for row in (each if isinstance(each, list) else [each])]
    rows += [row for table in tenant.tables.values() for row in table.values() if row["type"].count("/") > 1]
    for row in rows:
        row["tags"] = row.get("tags") or {"owner": "team-web"}


def _describe(tenant: AzureTenant) -> None:
    """Give the subscriptions the properties that real ones have."""
    states = {PRODUCTION: "Enabled", TESTS: "Enabled", OLD: "Disabled"}
    for row in tenant.tables["resourcecontainers"].values():
        row["tenantId"] = TENANT
        if row["subscriptionId"] in states:
            row["tags"] = {"cost": "shared"} if row["subscriptionId"] == PRODUCTION else None
            row["properties"] |= {
                "state": states[row["subscriptionId"]],
                "subscriptionPolicies": _POLICIES,
                "managedByTenants": [{"tenantId": "00000000-0000-4000-8000-00000000000b"}],
            }


def _group(tenant: AzureTenant, subscription: str, name: str, region: str, **given: Any) -> str:
    id = f"/subscriptions/{subscription}/resourceGroups/{name}"
    properties = {"provisioningState": "Succeeded"}
    type = "microsoft.resources/subscriptions/resourcegroups"
    _add(tenant, id, type, location=region, properties=properties, resourceGroup=name, **given)
    return id


def _machine(
    tenant: AzureTenant,
    place: str,
    name: str,
    system: str,
    power: str | None,
    interfaces: list[str],
    *,
    group: str = "",
    has_nics: bool = True,
) -> None:
    """Put a machine there, whose own id may spell its group in another case than its interfaces do."""
    spelled = place.rpartition("/")[0] + f"/{group}" if group else place
    id = f"{spelled}/providers/{_VM}/{name}"
    number = len(tenant.tables["resources"])
    profile: dict[str, Any] = {"computerName": name.replace("-", ""), "adminUsername": "operator"}
    security: dict[str, Any] = {"encryptionAtHost": system == "Windows"}
    if system == "Linux":
        profile["linuxConfiguration"] = {"disablePasswordAuthentication": True}
        security |= {"securityType": "TrustedLaunch", "uefiSettings": {"secureBootEnabled": True, "vTpmEnabled": True}}
    image = {"publisher": "example", "offer": f"{system.lower()}-server", "sku": "2024", "exactVersion": "2024.1.1"}
    nics = [f"{place}/providers/{_NIC}/{nic}" for nic in interfaces]
    properties: dict[str, Any] = {
        "vmId": f"00000000-0000-4000-8000-{number:012}",
        "timeCreated": "2024-03-20T10:40:57.0460787+00:00",
        "hardwareProfile": {"vmSize": "Standard_D2s_v5"},
        "provisioningState": "Succeeded",
        "osProfile": profile,
        "securityProfile": security,
        "storageProfile": {
            "imageReference": image,
            "osDisk": {"osType": system, "managedDisk": {"id": f"{place}/providers/Microsoft.Compute/disks/{name}"}},
        },
        "networkProfile": {"networkInterfaces": [{"id": nic} for nic in nics]},
    }
    if system == "Windows":
        properties |= {"licenseType": "Windows_Server", "priority": "Spot", "evictionPolicy": "Deallocate"}
        profile["allowExtensionOperations"] = True
        profile["windowsConfiguration"] = {
            "enableAutomaticUpdates": True,
            "timeZone": "W. Europe Standard Time",
            "patchSettings": {"patchMode": "AutomaticByOS", "assessmentMode": "ImageDefault"},
            "winRM": {"listeners": [{"protocol": "Https"}]},
        }
        security["proxyAgentSettings"] = {"enabled": True}
        kept = "https://stdata.blob.example/"
        properties["diagnosticsProfile"] = {"bootDiagnostics": {"enabled": True, "storageUri": kept}}
    if power:
        properties["extended"] = {"instanceView": {"powerState": {"code": f"PowerState/{power}"}}}
    principal = f"00000000-0000-4000-8000-{number + 500:012}"
    identity = {"type": "SystemAssigned", "principalId": principal, "tenantId": TENANT} if system == "Linux" else None
    more = {"zones": ["1"], "tags": {"role": "web"}} if system == "Linux" else {}
    _add(tenant, id, _VM, location="westeurope", properties=properties, identity=identity, **more)
    for place_of, nic in enumerate(nics if has_nics else ()):
        _interface(tenant, place, nic, id.upper() if place_of else id, number + place_of)


def _interface(tenant: AzureTenant, place: str, id: str, machine: str, number: int) -> None:
    network = f"{place}/providers/Microsoft.Network"
    address: dict[str, Any] = {
        "privateIPAddress": f"198.18.0.{number + 4}",
        "subnet": {"id": f"{network}/virtualNetworks/v/subnets/s"},
    }
    address["applicationSecurityGroups"] = [{"id": f"{network}/applicationSecurityGroups/asg-web"}]
    if number == 0:
        address["publicIPAddress"] = {"id": f"{network}/publicIPAddresses/pip-{number}"}
    properties = {
        "provisioningState": "Succeeded",
        "resourceGuid": f"00000000-0000-4000-8000-{number + 900:012}",
        "macAddress": f"00-00-5E-00-53-{number:02}",
        "enableIPForwarding": number == 0,
        "ipConfigurations": [{"name": "ipconfig1", "properties": address}],
        "networkSecurityGroup": {"id": f"{network}/networkSecurityGroups/nsg-web"},
        "virtualMachine": {"id": machine},
    }
    _add(tenant, id, _NIC, location="westeurope", properties=properties, tags={"role": "web"} if not number else None)


def _endpoint(tenant: AzureTenant, place: str) -> None:
    """Put the interface of a private endpoint there, which belongs to no machine."""
    endpoint = {"id": f"{place}/providers/Microsoft.Network/privateEndpoints/pe"}
    properties = {"provisioningState": "Succeeded", "ipConfigurations": [], "privateEndpoint": endpoint}
    _add(tenant, f"{place}/providers/{_NIC}/pe.nic", _NIC, location="westeurope", properties=properties)
