"""Rules of networks as relationships: which ends they have, and what they say."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.azure.one_group import azure, place
from tests.azure.reading import Azure, edges, keys, verdicts
from tests.simulator.azure.demo_rules import defaults, rule
from tests.simulator.azure.place import Place, part, to

__all__ = ["azure", "place"]

pytestmark = pytest.mark.every_area

NET = "Microsoft.Network"
INTERNET = "global:internet"


def facts(type: str) -> dict[tuple[str, str], dict[str, Any]]:
    """The properties of the relationships of a type by their ends."""
    with closing(sqlite3.connect(Path("out") / "graph.db")) as database:
        found = database.execute(
            "SELECT _fromEntityKey, _toEntityKey, properties FROM relationships WHERE _type = ?", (type,)
        )
        return {(source, target): json.loads(text) for source, target, text in found}


def group_with(place: Place, *rules: Any, name: str = "nsg") -> str:
    """A network security group with these rules, without those that every group has; its key."""
    return place.put(f"{NET}/networkSecurityGroups", name, {"securityRules": list(rules)}).lower()


@pytest.mark.parametrize(
    ("prefix", "expected"),
    [
        ("*", INTERNET),
        ("Internet", INTERNET),
        ("INTERNET", INTERNET),
        ("0.0.0.0/0", INTERNET),
        ("::/0", INTERNET),
        ("203.0.113.7", "azure_external_address:203.0.113.7"),
        ("203.0.113.7/32", "azure_external_address:203.0.113.7"),
        ("2001:DB8:0:0::7", "azure_external_address:2001:db8::7"),
        ("203.0.113.0/24", "azure_external_network:203.0.113.0/24"),
        ("203.0.113.9/24", "azure_external_network:203.0.113.0/24"),
        ("2001:db8::/32", "azure_external_network:2001:db8::/32"),
        ("VirtualNetwork", "azure_service_tag:virtualnetwork"),
        ("Sql.WestEurope", "azure_service_tag:sql.westeurope"),
    ],
)
def test_the_far_end_of_a_rule_is_an_entity(place: Place, azure: Azure, prefix: str, expected: str) -> None:
    group = group_with(place, rule("/nsg", "one", "Allow", 100, sourceAddressPrefix=prefix, destinationPortRange="22"))
    report = azure.run("azure_source_allows_security_group")
    assert verdicts(report) == {"complete"}
    assert facts("azure_source_allows_security_group").keys() == {(expected, group)}
    found = {key for type in ("internet", "azure_external_address", "azure_external_network", "azure_service_tag")
             for key in keys(type)}  # fmt: skip
    assert expected in found
    assert report.of("azure_source_allows_security_group").problems == {}


def test_direction_and_access_decide_which_relationship_it_is(place: Place, azure: Azure) -> None:
    group = group_with(
        place,
        rule("/nsg", "in", "Allow", 100, sourceAddressPrefix="203.0.113.1", destinationPortRange="1"),
        rule("/nsg", "not-in", "Deny", 110, sourceAddressPrefix="203.0.113.2", destinationPortRange="2"),
        rule("/nsg", "out", "Allow", 100, direction="Outbound", destinationAddressPrefix="203.0.113.3",
             destinationPortRange="3"),
        rule("/nsg", "not-out", "Deny", 110, direction="Outbound", destinationAddressPrefix="203.0.113.4",
             destinationPortRange="4"),
    )  # fmt: skip
    azure.run("azure.network_rule")
    address = "azure_external_address:203.0.113.{}".format
    for type, ends, port in (
        ("azure_source_allows_security_group", (address(1), group), 1),
        ("azure_source_denies_security_group", (address(2), group), 2),
        ("azure_security_group_allows_destination", (group, address(3)), 3),
        ("azure_security_group_denies_destination", (group, address(4)), 4),
    ):
        ((found, of),) = facts(type).items()
        inbound = "source" in type
        assert found == ends
        assert (of["fromPort"], of["toPort"], of["portRange"]) == (port, port, str(port))
        assert [of[name] for name in ("ingress", "inbound", "egress", "outbound")] == [inbound] * 2 + [not inbound] * 2


def test_rules_with_the_same_ends_are_one_relationship(place: Place, azure: Azure) -> None:
    group = group_with(
        place,
        rule("/nsg", "b", "Allow", 300, destinationPortRanges=["443", "8000-8080"], protocol="Udp"),
        rule("/nsg", "a", "Allow", 200, sourceAddressPrefix="Internet", destinationPortRange="22"),
    )
    azure.run("azure_source_allows_security_group")
    (of,) = facts("azure_source_allows_security_group").values()
    assert (of["ruleNames"], of["ruleCount"], of["priority"], of["ruleNumber"]) == ("a, b", 2, 200, 200)
    assert (of["portRange"], of["fromPort"], of["toPort"]) == ("22, 443, 8000-8080", 22, 8080)
    assert (of["protocol"], of["ipProtocol"]) == ("tcp, udp", "tcp, udp")
    assert edges() == {(INTERNET, group)}


def test_a_range_leads_to_the_subnets_that_have_it_and_only_else_outside(place: Place, azure: Azure) -> None:
    network = place.of(f"{NET}/virtualNetworks", "vnet")
    subnets = [part(f"{network}/subnets/{name}", {"addressPrefix": "10.1.0.0/24"}) for name in ("a", "b")]
    place.put(f"{NET}/virtualNetworks", "vnet", {"subnets": subnets})
    prefixes = ["10.1.0.0/24", "10.1.0.0/16"]
    group = group_with(place, rule("/nsg", "one", "Allow", 100, sourceAddressPrefixes=prefixes, sourceAddressPrefix="",
                                   destinationPortRange="*"))  # fmt: skip
    azure.run("azure_source_allows_security_group")
    assert {source for source, target in edges() if target == group} == {
        f"{network}/subnets/a".lower(), f"{network}/subnets/b".lower(), "azure_external_network:10.1.0.0/16",
    }  # fmt: skip
    assert keys("azure_external_network") == {"azure_external_network:10.1.0.0/16"}


def test_application_security_groups_are_ends_on_the_far_side_alone(place: Place, azure: Azure) -> None:
    source, target = (place.put(f"{NET}/applicationSecurityGroups", name, {}) for name in ("from", "to"))
    nobody = {"sourceAddressPrefix": "", "destinationAddressPrefix": "", "destinationPortRange": "*"}
    peers = {
        "sourceApplicationSecurityGroups": [to(source.upper())],
        "destinationApplicationSecurityGroups": [to(target)],
    }
    group = group_with(
        place,
        rule("/nsg", "in", "Allow", 100, **nobody, **peers),
        rule("/nsg", "out", "Allow", 100, direction="Outbound", **nobody, **peers),
    )
    report = azure.run("azure.network_rule", "azure_application_security_group")
    assert edges() == {(source.lower(), group), (group, target.lower())}
    assert verdicts(report) == {"complete"}


def test_what_every_group_has_is_in_the_relationships_and_no_entity_of_its_own(place: Place, azure: Azure) -> None:
    group = place.put(f"{NET}/networkSecurityGroups", "nsg", {"defaultSecurityRules": defaults("/nsg")}).lower()
    azure.run("azure.network_rule", "azure.security_rule")
    network = "azure_service_tag:virtualnetwork"
    assert facts("azure_source_allows_security_group").keys() == {
        (network, group), ("azure_service_tag:azureloadbalancer", group),
    }  # fmt: skip
    assert facts("azure_source_denies_security_group").keys() == {(INTERNET, group)}
    assert facts("azure_security_group_allows_destination").keys() == {(group, network), (group, INTERNET)}
    assert facts("azure_security_group_denies_destination").keys() == {(group, INTERNET)}
    assert not keys("azure_security_rule")


def test_a_firewall_has_its_own_rules_those_of_its_policy_and_of_what_that_adds_to(place: Place, azure: Azure) -> None:
    def collection(kind: str, source: str, **given: Any) -> dict[str, Any]:
        one = {"name": "r", "sourceAddresses": [source], "destinationPorts": ["80"], **given}
        return {"name": "c", "priority": 100, "action": {"type": kind}, "rules": [one]}

    base = place.put(f"{NET}/firewallPolicies", "base", {})
    policy = place.put(f"{NET}/firewallPolicies", "policy", {"basePolicy": to(base.upper())})
    place.put(f"{NET}/firewallPolicies", "circle", {"basePolicy": to(place.of(f"{NET}/firewallPolicies", "circle"))})
    groups = f"{NET}/firewallPolicies/ruleCollectionGroups"
    for of, collections in (
        ("base/g", [collection("Deny", "203.0.113.1", ruleType="NetworkRule", destinationAddresses=["203.0.113.2"])]),
        ("policy/g", [collection("DNAT", "*", ruleType="NatRule", destinationAddresses=["203.0.113.30"],
                                 translatedAddress="10.0.0.4", translatedPort="22"),
                      collection("DNAT", "*", ruleType="NatRule", destinationAddresses=["203.0.113.31"],
                                 translatedFqdn="shop.example", translatedPort="443"),
                      collection("Allow", "*", ruleType="ApplicationRule", targetFqdns=["*.example"])]),
    ):  # fmt: skip
        place.put(groups, of, {"ruleCollections": collections}, table="networkresources", location="")
    own = collection("Allow", "203.0.113.4", destinationAddresses=["Storage"])
    classic = [part("/own", {name: own[name] for name in ("priority", "action", "rules")})]
    rules = {"firewallPolicy": to(policy), "networkRuleCollections": classic}
    firewall = place.put(f"{NET}/azureFirewalls", "fw", rules).lower()
    assert verdicts(azure.run("azure.network_rule")) == {"complete"}
    address = "azure_external_address:{}".format
    assert facts("azure_source_allows_network_firewall").keys() == {
        (INTERNET, firewall), (address("203.0.113.4"), firewall),
    }  # fmt: skip
    assert facts("azure_network_firewall_allows_destination").keys() == {
        (firewall, address("10.0.0.4")), (firewall, "azure_service_tag:storage"),
    }  # fmt: skip
    assert facts("azure_source_denies_network_firewall").keys() == {(address("203.0.113.1"), firewall)}
    assert facts("azure_network_firewall_denies_destination").keys() == {(firewall, address("203.0.113.2"))}


def test_a_firewall_names_ranges_by_their_first_and_last_address(place: Place, azure: Azure) -> None:
    addresses = {
        "sourceAddresses": ["203.0.113.4 - 203.0.113.8", "2001:db8::1-2001:db8::1", "203.0.113.9-203.0.113.3", "a-b"],
        "destinationAddresses": ["198.51.100.0-198.51.100.255"],
    }
    rules = [{"name": "r", "destinationPorts": ["80"], **addresses}]
    classic = [part("/own", {"priority": 100, "action": {"type": "Allow"}, "rules": rules})]
    firewall = place.put(f"{NET}/azureFirewalls", "fw", {"networkRuleCollections": classic}).lower()
    assert verdicts(azure.run("azure.network_rule")) == {"complete"}
    sources = ("azure_external_network:203.0.113.4/30", "azure_external_address:203.0.113.8", "azure_service_tag:a-b")
    assert facts("azure_source_allows_network_firewall").keys() == {
        (source, firewall) for source in (*sources, "azure_external_address:2001:db8::1")
    }
    assert facts("azure_network_firewall_allows_destination").keys() == {
        (firewall, "azure_external_network:198.51.100.0/24")
    }


def test_what_is_no_rule_costs_no_other_one(place: Place, azure: Azure) -> None:
    group = group_with(place, None, rule("/nsg", "in", "Allow", 100, destinationPortRange="22"))
    own = {"priority": 100, "action": {"type": "Allow"}, "rules": [None, {"name": "r", "sourceAddresses": ["*"]}]}
    rules = {"networkRuleCollections": [None, part("/own", own)], "natRuleCollections": "odd"}
    firewall = place.put(f"{NET}/azureFirewalls", "fw", rules).lower()
    assert "failed" not in verdicts(azure.run("azure.network_rule", "azure.outside"))
    assert (INTERNET, group) in facts("azure_source_allows_security_group")
    assert (INTERNET, firewall) in facts("azure_source_allows_network_firewall")


def test_a_firewall_names_groups_of_addresses(place: Place, azure: Azure) -> None:
    offices = place.put(f"{NET}/ipGroups", "offices", {"ipAddresses": ["203.0.113.4-203.0.113.7", "203.0.113.9"]})
    shops = place.put(f"{NET}/ipGroups", "shops", {"ipAddresses": ["198.51.100.0/24"]})
    gone = place.of(f"{NET}/ipGroups", "gone")
    ends = {
        "sourceIpGroups": [offices.upper(), gone],
        "destinationIpGroups": [shops],
        "sourceAddresses": ["203.0.113.9"],
    }
    own = {"priority": 100, "action": {"type": "Allow"}, "rules": [{"name": "r", "destinationPorts": ["80"], **ends}]}
    rules = {"networkRuleCollections": [part("/own", own)]}
    firewall = place.put(f"{NET}/azureFirewalls", "fw", rules).lower()
    assert verdicts(azure.run("azure.network_rule")) == {"complete"}
    assert facts("azure_source_allows_network_firewall").keys() == {
        ("azure_external_network:203.0.113.4/30", firewall), ("azure_external_address:203.0.113.9", firewall),
    }  # fmt: skip
    assert facts("azure_network_firewall_allows_destination").keys() == {
        (firewall, "azure_external_network:198.51.100.0/24")
    }


def test_jupiterone_gets_mapped_relationships_to_what_is_outside(place: Place, azure: Azure) -> None:
    group = group_with(place, rule("/nsg", "in", "Allow", 100, destinationPortRange="22"))
    azure.run("azure_source_allows_security_group", to=("files:files",))
    found = json.loads(Path("files/relationships/azure_source_allows_security_group.jsonl").read_text())
    mapping = found["_mapping"]
    assert (mapping["relationshipDirection"], mapping["sourceEntityKey"]) == ("REVERSE", group)
    assert mapping["targetFilterKeys"] == [["_key"]]
    assert (mapping["targetEntity"]["_key"], mapping["targetEntity"]["_class"]) == (INTERNET, ["Internet"])
    assert not Path("files/entities/internet.jsonl").exists()
