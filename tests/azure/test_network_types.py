"""Networks, as awkward as tenants have them."""

from typing import Any

import pytest

from tests.azure.one_group import azure, entities, place
from tests.azure.reading import Azure, edges, verdicts
from tests.simulator.azure.place import Place, part, to

__all__ = ["azure", "place"]

pytestmark = pytest.mark.every_area

NET = "Microsoft.Network"


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


def test_a_load_balancer_leads_to_interfaces_of_machines_once_and_not_to_those_of_scale_sets(
    place: Place, azure: Azure
) -> None:
    nic = place.put(f"{NET}/networkInterfaces", "nic", {})
    of_scale_set = place.of("Microsoft.Compute/virtualMachineScaleSets/virtualMachines/networkInterfaces", "s/0/n")
    ends = [to(f"{id}/ipConfigurations/{number}") for id in (nic, nic.upper(), of_scale_set) for number in "12"]
    pools = [part("/pools/one", {"backendIPConfigurations": ends}), part("/pools/empty", {})]
    lb = place.put(f"{NET}/loadBalancers", "lb", {"backendAddressPools": pools})
    report = azure.run("azure_lb_connects_nic")
    assert verdicts(report) == {"complete"}
    assert edges() == {(lb.lower(), nic.lower())}


def test_records_of_names_are_read_however_their_properties_are_written(place: Place, azure: Azure) -> None:
    for kind, zone, told in (
        ("dnsZones", "a.example", {"TTL": 60, "ARecords": [{"ipv4Address": "192.0.2.1"}]}),
        ("privateDnsZones", "b.example", {"ttl": 60, "aRecords": [{"ipv4Address": "192.0.2.1"}]}),
    ):
        place.put(f"{NET}/{kind}", zone, {})
        place.put(f"{NET}/{kind}/A", f"{zone}/www", told, table="dnsresources")
    report = azure.run("azure.dns_zone")
    assert verdicts(report) == {"complete"}
    for type, zone in (("azure_dns_record_set", "a.example"), ("azure_private_dns_record_set", "b.example")):
        found = entities(type)["www"]
        assert (found["TTL"], found["aRecordsIps"], found["zoneName"]) == (60, ["192.0.2.1"], zone)
        assert "cnameRecord" not in found
    assert report.of("azure_dns_zone_has_record_set").count == 1


def test_a_log_of_a_whole_network_is_no_log_of_a_group(place: Place, azure: Azure) -> None:
    group, network = place.of(f"{NET}/networkSecurityGroups", "nsg"), place.of(f"{NET}/virtualNetworks", "vnet")
    place.put(f"{NET}/networkSecurityGroups", "nsg", {})
    for name, target in (("of-group", group.upper()), ("of-network", network)):
        place.put(f"{NET}/networkWatchers/flowLogs", f"watcher/{name}", {"targetResourceId": target})
    report = azure.run("azure_security_group_has_flow_logs")
    assert report.of("azure_security_group_has_flow_logs").count == 1
    assert {key for key, _ in edges()} == {group.lower()}
