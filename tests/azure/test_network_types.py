"""Networks, as awkward as tenants have them."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.azure.reading import Azure, edges, verdicts
from tests.simulator.azure import AzureSimulator, AzureTenant
from tests.simulator.azure.place import Place, part, to
from tests.simulator.azure.tenant import TENANT_ID, Subscription

pytestmark = pytest.mark.every_area

NET = "Microsoft.Network"
S = "00000000-0000-4000-8000-000000000101"


@pytest.fixture
def place() -> Place:
    """A resource group in a tenant with one subscription."""
    tenant = AzureTenant()
    tenant.add_group(TENANT_ID, TENANT_ID)
    tenant.add_subscription(Subscription(S, "Production", TENANT_ID))
    return Place(tenant, f"/subscriptions/{S}/resourceGroups/RG", "westeurope", TENANT_ID)


@pytest.fixture
def azure(place: Place) -> Iterator[Azure]:
    with AzureSimulator(place.tenant) as simulator:
        yield Azure(simulator, {})


def entities(type: str) -> dict[str, dict[str, Any]]:
    """The properties of the entities of a type by name."""
    with closing(sqlite3.connect(Path("out") / "graph.db")) as database:
        found = database.execute("SELECT properties FROM entities WHERE _type = ?", (type,))
        return {each["name"]: each for each in (json.loads(text) for (text,) in found)}


def rule(**given: Any) -> dict[str, Any]:
    return part("/rules/one", {"direction": "Inbound", "access": "Allow", **given})


OPEN = {"sourceAddressPrefix": "*", "destinationPortRange": "*"}


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        ([], False),
        ([rule(**OPEN)], True),
        ([rule(**OPEN, access="Deny")], False),
        ([rule(**OPEN, direction="Outbound")], False),
        ([rule(**OPEN | {"destinationPortRange": "443"})], False),
        ([rule(**OPEN | {"sourceAddressPrefix": "VirtualNetwork"})], False),
        ([rule(sourceAddressPrefixes=["192.0.2.0/24", "::/0"], destinationPortRanges=["22", "0-65535"])], True),
        ([rule(sourceAddressPrefix="internet", destinationPortRange="*")], True),
        ([rule(sourceAddressPrefix=None, destinationPortRange="*")], False),
    ],
)
def test_a_group_is_wide_open_where_one_rule_lets_everybody_reach_every_port(
    place: Place, azure: Azure, rules: list[dict[str, Any]], expected: bool
) -> None:
    place.put(f"{NET}/networkSecurityGroups", "nsg", {"securityRules": rules})
    azure.run("azure_security_group")
    assert entities("azure_security_group")["nsg"]["isWideOpen"] is expected


def test_a_machine_with_two_interfaces_in_a_subnet_is_in_it_once_however_ids_are_written(
    place: Place, azure: Azure
) -> None:
    machine = place.put("Microsoft.Compute/virtualMachines", "vm", {})
    network = place.of(f"{NET}/virtualNetworks", "vnet")
    subnet = f"{network}/subnets/one"
    place.put(f"{NET}/virtualNetworks", "vnet", {"subnets": [part(subnet, {"addressPrefix": "198.18.0.0/24"})]})
    for name, id in (("a", subnet), ("b", subnet.upper())):
        configuration = part("/configurations/one", {"subnet": to(id)})
        nic = {"virtualMachine": to(machine.upper()), "ipConfigurations": [configuration]}
        place.put(f"{NET}/networkInterfaces", name, nic)
    report = azure.run("azure_subnet_has_vm")
    assert verdicts(report) == {"complete"}
    assert report.of("azure_subnet_has_vm").count == 1
    assert (subnet.lower(), machine.lower()) in edges()


def test_what_azure_does_not_tell_is_absent(place: Place, azure: Azure) -> None:
    place.put(f"{NET}/virtualNetworks", "vnet", {})
    place.put(f"{NET}/publicIPAddresses", "unused", {"publicIPAllocationMethod": "Dynamic"})
    report = azure.run("azure_vnet", "azure_public_ip")
    assert verdicts(report) == {"complete"}
    assert {"CIDR", "enableDdosProtection", "encryptionEnabled"}.isdisjoint(entities("azure_vnet")["vnet"])
    assert {"publicIp", "usedBy", "sku"}.isdisjoint(entities("azure_public_ip")["unused"])
