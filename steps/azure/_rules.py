"""Rules of network security groups and Azure Firewalls in one form, and what they let in or out.

Sources: Azure Resource Manager, networkSecurityGroups, azureFirewalls, firewallPolicies/ruleCollectionGroups, ipGroups.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import ip_address, ip_network, summarize_address_range
from itertools import chain
from typing import Any

from integration import Context
from integration.values import arm_key
from steps.azure._resource import (
    key_at,
    keys_of,
    object_at,
    objects_in,
    parts_of,
    properties_of,
    references_in,
    says,
    text_in,
    texts_in,
)

SECURITY_GROUP = "microsoft.network/networksecuritygroups"
FIREWALL = "microsoft.network/azurefirewalls"
POLICY = "microsoft.network/firewallpolicies"
_IP_GROUP = "microsoft.network/ipgroups"
COLLECTIONS = "microsoft.network/firewallpolicies/rulecollectiongroups"
NETWORK = "networkresources"
INTERNET = "global:internet"
"""Key of the internet, as JupiterOne has it."""
ADDRESS, RANGE, TAG = "azure_external_address:", "azure_external_network:", "azure_service_tag:"
"""What the keys of other ends that are outside begin with."""
_ANYWHERE = {"*", "any", "internet", "0.0.0.0/0", "::/0"}


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule.

    Attributes:
        name: its name.
        allows: whether it lets through what it is about, or else keeps it out.
        direction: ``Inbound`` or ``Outbound``; empty where it is about both sides of a firewall.
        priority: the lower, the earlier.
        protocols: such as ``tcp``; ``*`` is any.
        ports: such as ``22``, ``8000-8080`` or ``*``, at the destination.
        sources: addresses, ranges, service tags.
        destinations: the same.
        groups: keys of the application security groups on its far side.
    """

    name: str
    allows: bool
    direction: str
    priority: int | None
    protocols: tuple[str, ...]
    ports: tuple[str, ...]
    sources: tuple[str, ...]
    destinations: tuple[str, ...]
    groups: tuple[str, ...] = ()

    def is_of(self, *, inbound: bool) -> bool:
        """Tell whether it is about what comes in, or about what goes out."""
        return self.direction in ("", "Inbound" if inbound else "Outbound")

    def far(self, *, inbound: bool) -> tuple[str, ...]:
        """Return the addresses, ranges and tags of the far side; none where it is about the other direction."""
        if not self.is_of(inbound=inbound):
            return ()
        return self.sources if inbound else self.destinations


def rules_of_groups(ctx: Context, *, defaults: bool) -> Iterator[tuple[str, list[Rule]]]:
    """Yield key and rules of each network security group.

    Args:
        ctx: the step's.
        defaults: with those that every group has.
    """
    names = ("securityRules", "defaultSecurityRules") if defaults else ("securityRules",)
    for row in ctx.azure.resources(SECURITY_GROUP):
        yield arm_key(row["id"]), [_rule(part) for name in names for part in parts_of(row, name)]


def rules_of_firewalls(ctx: Context) -> Iterator[tuple[str, list[Rule]]]:
    """Yield key and rules of each Azure Firewall: its own, those of its policy, and of what that adds to."""
    bases = {arm_key(row["id"]): key_at(properties_of(row), "basePolicy") for row in ctx.azure.resources(POLICY)}
    lists = {arm_key(row["id"]): texts_in(properties_of(row), "ipAddresses") for row in ctx.azure.resources(_IP_GROUP)}
    of_policies: dict[str, list[Rule]] = {}
    for row in ctx.azure.table(NETWORK, type=COLLECTIONS):
        of = arm_key(row["id"]).partition("/rulecollectiongroups/")[0]
        for collection in parts_of(row, "ruleCollections"):
            of_policies.setdefault(of, []).extend(_collected(collection, collection, lists))
    for row in ctx.azure.resources(FIREWALL):
        names = ("networkRuleCollections", "natRuleCollections")
        rules = [
            rule
            for name in names
            for each in parts_of(row, name)
            for rule in _collected(each, properties_of(each), lists)
        ]
        policy = key_at(properties_of(row), "firewallPolicy")
        for each in _with_bases(policy, bases):
            rules += of_policies.get(each, ())
        yield arm_key(row["id"]), rules


def merged(properties: Mapping[str, Any], one: str, several: str) -> tuple[str, ...]:
    """Return what a rule names by itself or in a list, each once."""
    found = [properties.get(one), *texts_in(properties, several)]
    return tuple(dict.fromkeys(each for each in found if each))


@lru_cache(maxsize=4096)
def end_of(prefix: str) -> str | None:
    """Return the key of what an address, a range or a service tag is; ``None`` where it is none of them."""
    if prefix.lower() in _ANYWHERE:
        return INTERNET
    try:
        network = ip_network(prefix.strip(), strict=False)
    except ValueError:
        return None if prefix[:1].isdigit() or ":" in prefix else f"{TAG}{prefix.lower()}"
    return f"{ADDRESS}{network[0]}" if network.num_addresses == 1 else f"{RANGE}{network}"


def subnets_by_range(ctx: Context) -> dict[str, list[str]]:
    """Return the keys of the subnets that have a range, by what its key would be outside."""
    found: dict[str, list[str]] = {}
    for subnet in ctx.entities("azure_subnet"):
        for prefix in subnet.properties.get("addressPrefixes", ()):
            found.setdefault(end_of(prefix) or "", []).append(subnet.key)
    return found


def outside_ends(ctx: Context) -> Iterator[str]:
    """Yield each address, range and service tag that a rule names, as it is written there; some more than once."""
    for each in (rules_of_groups(ctx, defaults=True), rules_of_firewalls(ctx)):
        for _, rules in each:
            for rule in rules:
                yield from rule.far(inbound=True)
                yield from rule.far(inbound=False)


def _with_bases(policy: str | None, bases: Mapping[str, str | None]) -> Iterator[str]:
    """Yield a policy, and those that it adds to, each once."""
    seen: set[str] = set()
    while policy and policy not in seen:
        seen.add(policy)
        yield policy
        policy = bases.get(policy)


def _rule(part: Mapping[str, Any]) -> Rule:
    properties = properties_of(part)
    direction = text_in(properties, "direction").capitalize()
    side = "source" if direction == "Inbound" else "destination"
    return Rule(
        name=part["name"],
        allows=says(properties.get("access"), "allow"),
        direction=direction,
        priority=properties.get("priority"),
        protocols=(str(properties.get("protocol") or "*").lower(),),
        ports=merged(properties, "destinationPortRange", "destinationPortRanges"),
        sources=merged(properties, "sourceAddressPrefix", "sourceAddressPrefixes"),
        destinations=merged(properties, "destinationAddressPrefix", "destinationAddressPrefixes"),
        groups=tuple(keys_of(references_in(properties, f"{side}ApplicationSecurityGroups"))),
    )


def _collected(
    named: Mapping[str, Any], collection: Mapping[str, Any], lists: Mapping[str, Iterable[str]]
) -> Iterable[Rule]:
    """Yield the rules of a collection that are about addresses; of a translation, what it leads to.

    Args:
        named: what has the collection's name.
        collection: its properties.
        lists: the addresses of each IP group.
    """
    action = text_in(object_at(collection, "action"), "type").lower()
    for rule in objects_in(collection, "rules"):
        if says(rule.get("ruleType"), "applicationrule"):
            continue
        translated, named_only = rule.get("translatedAddress"), rule.get("translatedFqdn")
        yield Rule(
            name=f"{text_in(named, 'name')}/{text_in(rule, 'name')}",
            allows=action != "deny",
            direction="",
            priority=collection.get("priority"),
            protocols=tuple(each.lower() for each in _protocols(rule)),
            ports=tuple(filter(None, texts_in(rule, "destinationPorts"))),
            sources=_side(rule, "source", lists),
            destinations=(translated,) if translated else () if named_only else _side(rule, "destination", lists),
        )


def _protocols(rule: Mapping[str, Any]) -> list[str]:
    """Return the protocols that a firewall's rule is for, of which policies and classic firewalls tell apart."""
    return texts_in(rule, "ipProtocols") or texts_in(rule, "protocols") or ["*"]


def _side(rule: Mapping[str, Any], side: str, lists: Mapping[str, Iterable[str]]) -> tuple[str, ...]:
    """Return the addresses, ranges and tags that a firewall's rule names on a side, those of its IP groups included."""
    groups = [lists.get(key, ()) for key in keys_of(references_in(rule, f"{side}IpGroups"))]
    named = chain(texts_in(rule, f"{side}Addresses"), *groups)
    return tuple(dict.fromkeys(each for address in named if address for each in _ranges(address)))


def _ranges(address: str) -> Iterator[str]:
    """Yield what a firewall names; where that is a first and a last address, the ranges that make it up."""
    first, dash, last = map(str.strip, address.partition("-"))
    try:
        yield from map(str, summarize_address_range(ip_address(first), ip_address(last)) if dash else (address,))
    except (ValueError, TypeError):  # it is no range, or one that ends before it begins
        yield address
