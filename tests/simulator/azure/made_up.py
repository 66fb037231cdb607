"""A made-up Azure tenant of any size: the same arguments give the same tenant.

The rows have the shapes of recorded ones. As recorded, the case of the names of resource groups and of the segment
before them differs from row to row, even between the two ends of a reference.
"""

import random
from dataclasses import replace
from typing import Any
from uuid import UUID

from tests.simulator.azure.tenant import TENANT_ID, AzureTenant, Row, Subscription, row_of

VM = "microsoft.compute/virtualmachines"
NIC = "microsoft.network/networkinterfaces"
DISK = "microsoft.compute/disks"
STORAGE = "microsoft.storage/storageaccounts"
NSG = "microsoft.network/networksecuritygroups"
GROUP = "microsoft.resources/subscriptions/resourcegroups"
SUBSCRIPTION = "microsoft.resources/subscriptions"
MANAGEMENT_GROUP = "microsoft.management/managementgroups"
ASSIGNMENT = "microsoft.authorization/roleassignments"

_PER_GROUP = 100
_REGIONS = ("eastus", "westeurope", "uksouth")
_CASES = (str, str.lower, str.upper)
_READER = "/providers/Microsoft.Authorization/roleDefinitions/acdd72a7-3385-48ef-bd42-f606fba81ae7"


def made_up_tenant(resources: int = 1000, subscriptions: int = 3, *, hidden: int = 0, seed: int = 1) -> AzureTenant:
    """A tenant of exactly these numbers of resources and subscriptions.

    There are machines with a network interface and a disk each, storage accounts and network security groups, in
    groups of a hundred. ``hidden`` of the subscriptions, the last ones, are such that the application has no role in.
    """
    rng = random.Random(seed)
    tenant = AzureTenant()
    for name, parent in ((TENANT_ID, TENANT_ID), ("mg-prod", TENANT_ID), ("mg-test", "mg-prod")):
        tenant.add_group(name, parent)
    for n in range(subscriptions):
        parent = ("mg-prod", "mg-test", TENANT_ID)[n % 3]
        tenant.add_subscription(Subscription(_guid(rng), f"Subscription {n}", parent, n < subscriptions - hidden))
    places = [
        _group(tenant, n, rng) for n in range(max(subscriptions, -(-resources // _PER_GROUP)) if subscriptions else 0)
    ]
    made = 0
    while places and made < resources:
        for row in resources_of(places[made // _PER_GROUP % len(places)], made, rng)[: resources - made]:
            tenant.add(row)
            made += 1
    _add_assignments(tenant, rng)
    return tenant


def show(tenant: AzureTenant, number: int | None = None) -> None:
    """Give the application a role in so many of the subscriptions, the first ones, and in no other; None is all."""
    for n, each in enumerate(list(tenant.subscriptions.values())):
        tenant.add_subscription(replace(each, visible=number is None or n < number))


def resources_of(place: str, n: int, rng: random.Random) -> list[Row]:
    """Five resources, one of each type, in a resource group, which is given by its id."""
    at, region = [_cased(place, rng) for _ in range(5)], rng.choice(_REGIONS)
    vm = f"{at[0]}/providers/Microsoft.Compute/virtualMachines/vm-{n}"
    nic = f"{at[1]}/providers/Microsoft.Network/networkInterfaces/nic-{n}"
    disk = f"{at[2]}/providers/Microsoft.Compute/disks/vm-{n}_OsDisk"
    storage = f"{at[3]}/providers/Microsoft.Storage/storageAccounts/st{n}"
    nsg = f"{at[4]}/providers/Microsoft.Network/networkSecurityGroups/nsg-{n}"
    return [
        row_of(
            vm, VM, location=region, properties=_machine(n, _upper(nic, rng), _upper(disk, rng)), tags={"env": "test"}
        ),
        row_of(nic, NIC, location=region, properties=_interface(nic, _upper(vm, rng), _upper(nsg, rng))),
        row_of(
            disk, DISK, location=region, managedBy=_upper(vm, rng), properties={"diskSizeGB": 30, "osType": "Linux"}
        ),
        row_of(
            storage, STORAGE, location=region, kind="StorageV2", sku={"name": "Standard_LRS"}, properties=_account(n)
        ),
        row_of(nsg, NSG, location=region, properties=_security_group(nsg)),
    ]


def _machine(n: int, nic: str, disk: str) -> dict[str, Any]:
    return {
        "hardwareProfile": {"vmSize": "Standard_DS1_v2"},
        "provisioningState": "Succeeded",
        "storageProfile": {
            "osDisk": {"osType": "Linux", "managedDisk": {"id": disk}, "diskSizeGB": 30},
            "dataDisks": [],
        },
        "osProfile": {"computerName": f"vm{n}", "adminUsername": "azureuser"},
        "networkProfile": {"networkInterfaces": [{"id": nic, "properties": {"primary": True}}]},
        "extended": {"instanceView": {"powerState": {"code": "PowerState/running", "displayStatus": "VM running"}}},
    }


def _interface(nic: str, vm: str, nsg: str) -> dict[str, Any]:
    address = {"privateIPAddress": "10.15.0.5", "primary": True}
    return {
        "provisioningState": "Succeeded",
        "ipConfigurations": [{"name": "ipconfig1", "id": f"{nic}/ipConfigurations/ipconfig1", "properties": address}],
        "networkSecurityGroup": {"id": nsg},
        "virtualMachine": {"id": vm},
    }


def _account(n: int) -> dict[str, Any]:
    return {
        "minimumTlsVersion": "TLS1_2",
        "allowBlobPublicAccess": False,
        "networkAcls": {"bypass": "AzureServices", "ipRules": [], "defaultAction": "Allow"},
        "supportsHttpsTrafficOnly": True,
        "creationTime": "2024-03-20T10:40:57.0460787Z",
        "primaryEndpoints": {"blob": f"https://st{n}.blob.core.windows.net/"},
    }


def _security_group(nsg: str) -> dict[str, Any]:
    rule = {
        "protocol": "Tcp",
        "destinationPortRange": "3389",
        "access": "Allow",
        "priority": 1000,
        "direction": "Inbound",
    }
    return {
        "securityRules": [{"name": "rdp", "id": f"{nsg}/securityRules/rdp", "properties": rule}],
        "defaultSecurityRules": [],
    }


def _group(tenant: AzureTenant, n: int, rng: random.Random) -> str:
    subscription = list(tenant.subscriptions.values())[n % len(tenant.subscriptions)]
    id = f"/subscriptions/{subscription.id}/resourceGroups/Rg-App-{n}"
    row = row_of(id, GROUP, location=rng.choice(_REGIONS), properties={"provisioningState": "Succeeded"})
    tenant.add(row | {"resourceGroup": row["name"]})
    return id


def _add_assignments(tenant: AzureTenant, rng: random.Random) -> None:
    """Assign a role at the tenant's root, which is in no subscription, and in each subscription."""
    scopes = [f"/providers/Microsoft.Management/managementGroups/{tenant.id}"]
    for scope in (*scopes, *(f"/subscriptions/{each}" for each in tenant.subscriptions)):
        id = f"{scope}/providers/Microsoft.Authorization/roleAssignments/{_guid(rng)}"
        properties = {"roleDefinitionId": _READER, "principalId": _guid(rng), "principalType": "User", "scope": scope}
        row = row_of(id, ASSIGNMENT, location="global", properties=properties)
        tenant.add(row | {"resourceGroup": ""}, "authorizationresources")


def _cased(place: str, rng: random.Random) -> str:
    """A resource group's id as some provider prints it."""
    head, segment, name = place.rsplit("/", 2)
    return f"{head}/{rng.choice((segment, segment.lower()))}/{rng.choice(_CASES)(name)}"


def _upper(id: str, rng: random.Random) -> str:
    return id.upper() if rng.random() < 0.1 else id


def _guid(rng: random.Random) -> str:
    return str(UUID(int=rng.getrandbits(128), version=4))
