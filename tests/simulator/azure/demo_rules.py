"""The rules of the demo's networks: of network security groups and of a firewall."""

from typing import Any

from tests.simulator.azure.place import Place, part, to

_NET = "Microsoft.Network"
_OWNER = {"environment": "production", "owner": "team-network"}
_DEFAULTS = (
    ("AllowVnetInBound", "Inbound", "VirtualNetwork", "VirtualNetwork", "Allow", 65000),
    ("AllowAzureLoadBalancerInBound", "Inbound", "AzureLoadBalancer", "*", "Allow", 65001),
    ("DenyAllInBound", "Inbound", "*", "*", "Deny", 65500),
    ("AllowVnetOutBound", "Outbound", "VirtualNetwork", "VirtualNetwork", "Allow", 65000),
    ("AllowInternetOutBound", "Outbound", "*", "Internet", "Allow", 65001),
    ("DenyAllOutBound", "Outbound", "*", "*", "Deny", 65500),
)


def rule(group: str, name: str, access: str, priority: int, **given: Any) -> dict[str, Any]:
    """A rule that lets anything in over TCP, but for what is given."""
    whole = {"sourceAddressPrefix": "*", "destinationAddressPrefix": "*", "sourcePortRange": "*"}
    rest = {"protocol": "Tcp", "direction": "Inbound", "access": access, "priority": priority}
    return part(f"{group}/securityRules/{name}", {"provisioningState": "Succeeded", **whole, **rest, **given})


def defaults(group: str) -> list[dict[str, Any]]:
    """The rules that every group has."""
    return [
        rule(group, name, access, priority, protocol="*", direction=direction, destinationPortRange="*",
             sourceAddressPrefix=source, destinationAddressPrefix=destination)
        for name, direction, source, destination, access, priority in _DEFAULTS
    ]  # fmt: skip


def add_security_groups(web: Place, lab: Place, guid: str) -> None:
    """Put a group with rules of every kind there, and one that lets in everything."""
    group = web.of(f"{_NET}/networkSecurityGroups", "nsg-web")
    servers = to(web.of(f"{_NET}/applicationSecurityGroups", "asg-web"))
    office = {"sourceAddressPrefix": "203.0.113.0/24", "destinationPortRange": "22"}
    several = ["203.0.113.7", "2001:db8:7::/48", "198.18.0.0/24"]
    peers = {"sourceApplicationSecurityGroups": [servers], "destinationApplicationSecurityGroups": [servers]}
    out: dict[str, Any] = {"direction": "Outbound", "destinationPortRange": "1433"}
    rules = [
        rule(group, "allow-https", "Allow", 100, sourceAddressPrefix="Internet", destinationPortRange="443"),
        rule(group, "allow-ssh-from-office", "Allow", 110, description="Until the bastion is there.", **office),
        rule(group, "allow-some", "Allow", 120, sourceAddressPrefix="", sourceAddressPrefixes=several,
             destinationPortRanges=["8000-8080", "9000"]),
        rule(group, "allow-peers", "Allow", 130, sourceAddressPrefix="", destinationPortRange="*", **peers),
        rule(group, "allow-sql", "Allow", 100, **out, destinationAddressPrefix="Sql.WestEurope"),
        rule(group, "deny-other-sql", "Deny", 110, **out, destinationAddressPrefix="Sql"),
    ]  # fmt: skip
    properties = {
        "resourceGuid": guid,
        "securityRules": rules,
        "defaultSecurityRules": defaults(group),
        "subnets": [to(f"{web.of(f'{_NET}/virtualNetworks', 'v')}/subnets/s")],
        "networkInterfaces": [to(web.of(f"{_NET}/networkInterfaces", "nic-web-01"))],
        "flowLogs": [to(web.of(f"{_NET}/networkWatchers/flowLogs", "nw-westeurope/fl-web"))],
    }
    web.put(f"{_NET}/networkSecurityGroups", "nsg-web", properties, tags=_OWNER)
    group = lab.of(f"{_NET}/networkSecurityGroups", "nsg-lab")
    everything = [rule(group, "allow-all", "Allow", 100, destinationPortRange="*")]
    lab.put(f"{_NET}/networkSecurityGroups", "nsg-lab", {"securityRules": everything})


def add_rule_collections(web: Place, policy: str) -> None:
    """Put the rules of a policy there: what a firewall lets out and in, and what it does not."""
    outward = {"sourceAddresses": ["198.18.0.0/16"], "destinationAddresses": ["*"], "destinationPorts": ["443"]}
    known = web.put(f"{_NET}/ipGroups", "ipg-known-bad", {"ipAddresses": ["203.0.113.64-203.0.113.71"]})
    blocked = {"sourceAddresses": ["*"], "destinationAddresses": ["198.51.100.0/24"], "destinationPorts": ["*"],
               "destinationIpGroups": [known]}  # fmt: skip
    door = {"translatedAddress": "198.18.0.4", "translatedPort": "22", "destinationPorts": ["2222"]}
    nat = {"sourceAddresses": ["Internet"], "destinationAddresses": ["203.0.113.30"], "ipProtocols": ["TCP"], **door}
    sites = {"ruleType": "ApplicationRule", "name": "sites", "sourceAddresses": ["*"], "targetFqdns": ["*.example"]}
    collections = [
        _collection("let-out", "Allow", 200, {"ruleType": "NetworkRule", "ipProtocols": ["TCP"], **outward}, sites),
        _collection("blocked", "Deny", 100, {"ruleType": "NetworkRule", "ipProtocols": ["Any"], **blocked}),
        _collection("doors", "DNAT", 50, {"ruleType": "NatRule", **nat}),
    ]
    groups = f"{_NET}/firewallPolicies/ruleCollectionGroups"
    found = {"priority": 100, "ruleCollections": collections}
    web.put(groups, f"{policy}/web", found, table="networkresources", location="")


def own_collections() -> dict[str, Any]:
    """Rules that a firewall has beside those of its policy."""
    deny = {"name": "deny", "protocols": ["UDP"], "sourceAddresses": ["203.0.113.9"],
            "destinationAddresses": ["198.51.100.53"], "destinationPorts": ["53"]}  # fmt: skip
    network = {"priority": 300, "action": {"type": "Deny"}, "rules": [deny]}
    return {
        "networkRuleCollections": [part("/network-rules", network)],
        "applicationRuleCollections": [part("/application-rules", {"rules": []})],
        "natRuleCollections": [part("/nat-rules", {"rules": []})],
    }


def _collection(name: str, action: str, priority: int, *rules: dict[str, Any]) -> dict[str, Any]:
    named = [{"name": f"{name}-{number}", **each} for number, each in enumerate(rules)]
    return {"name": name, "action": {"type": action}, "priority": priority, "rules": named}
