"""What network security groups and Azure Firewalls let in or out, and what they keep in or out."""

from collections.abc import Iterator, Sequence

from integration import Context, Relationship, any_of, relationship_family
from steps.azure._rules import RANGE, Rule, end_of, rules_of_firewalls, rules_of_groups, subnets_by_range
from steps.azure.outside import READ

_ANY = any_of("azure")
_HOLDERS = ("azure_security_group", "azure_network_firewall")
_OUTSIDE = ["internet", "azure_external_address", "azure_external_network", "azure_service_tag", "azure_subnet"]


def _inward(verb: str) -> dict[tuple[str, str], str]:
    return {(_ANY, holder): f"azure_source_{verb}_{holder.removeprefix('azure_')}" for holder in _HOLDERS}


def _outward(verb: str) -> dict[tuple[str, str], str]:
    return {(holder, _ANY): f"{holder}_{verb}_destination" for holder in _HOLDERS}


@relationship_family(_ANY, "ALLOWS", _HOLDERS, types=_inward("allows"), permissions=READ, needs=_OUTSIDE)
def azure_source_allows(ctx: Context, from_type: str, to_type: str) -> Iterator[Relationship]:
    """Rules let in what comes from an address, a range, a service, an application security group or the internet."""
    yield from _edges(ctx, to_type, inbound=True, allows=True)


@relationship_family(_ANY, "DENIES", _HOLDERS, types=_inward("denies"), permissions=READ, needs=_OUTSIDE)
def azure_source_denies(ctx: Context, from_type: str, to_type: str) -> Iterator[Relationship]:
    """Rules keep out what comes from there, unless an earlier rule lets it in."""
    yield from _edges(ctx, to_type, inbound=True, allows=False)


@relationship_family(_HOLDERS, "ALLOWS", _ANY, types=_outward("allows"), permissions=READ, needs=_OUTSIDE)
def azure_allows_destination(ctx: Context, from_type: str, to_type: str) -> Iterator[Relationship]:
    """Rules let an address, a range, a service, an application security group or the internet be reached."""
    yield from _edges(ctx, from_type, inbound=False, allows=True)


@relationship_family(_HOLDERS, "DENIES", _ANY, types=_outward("denies"), permissions=READ, needs=_OUTSIDE)
def azure_denies_destination(ctx: Context, from_type: str, to_type: str) -> Iterator[Relationship]:
    """Rules keep something from being reached, unless an earlier rule lets it be reached."""
    yield from _edges(ctx, from_type, inbound=False, allows=False)


def _edges(ctx: Context, holder_type: str, *, inbound: bool, allows: bool) -> Iterator[Relationship]:
    """Yield a relationship for each group or firewall and each of the far ends that its rules name."""
    subnets = subnets_by_range(ctx)
    is_group = holder_type == "azure_security_group"
    for holder, rules in rules_of_groups(ctx, defaults=True) if is_group else rules_of_firewalls(ctx):
        found: dict[str, list[Rule]] = {}
        for rule in rules:
            if rule.allows == allows:
                for end in _far_ends(rule, subnets, inbound=inbound):
                    found.setdefault(end, []).append(rule)
        for end, those in found.items():
            ends = (end, holder) if inbound else (holder, end)
            yield Relationship(*ends, **_facts(those, inbound=inbound))


def _far_ends(rule: Rule, subnets: dict[str, list[str]], *, inbound: bool) -> set[str]:
    """Return the keys of what a rule names on the far side: subnets that have a range, and else the range itself."""
    ends = {end for prefix in rule.far(inbound=inbound) if (end := end_of(prefix))}
    for end in [end for end in ends if end.startswith(RANGE) and end in subnets]:
        ends.remove(end)
        ends.update(subnets[end])
    return ends.union(rule.groups if rule.is_of(inbound=inbound) else ())


def _facts(rules: Sequence[Rule], *, inbound: bool) -> dict[str, str | int | bool | None]:
    """Return what rules between the same two ends say together."""
    protocols = ", ".join(sorted({protocol for rule in rules for protocol in rule.protocols}))
    ranges = sorted({_ports(port) for rule in rules for port in rule.ports})
    priority = min((rule.priority for rule in rules if rule.priority is not None), default=None)
    return {
        "ingress": inbound,
        "inbound": inbound,
        "egress": not inbound,
        "outbound": not inbound,
        "portRange": ", ".join(_shown(*each) for each in ranges) or None,
        "fromPort": min((low for low, _ in ranges), default=None),
        "toPort": max((high for _, high in ranges), default=None),
        "protocol": protocols,
        "ipProtocol": protocols,
        "priority": priority,
        "ruleNumber": priority,
        "ruleNames": ", ".join(sorted({rule.name for rule in rules})),
        "ruleCount": len(rules),
    }


def _ports(ports: str) -> tuple[int, int]:
    """Return the first and the last of some ports, such as ``22``, ``8000-8080`` or ``*``."""
    low, _, high = ("0-65535" if ports == "*" else ports).partition("-")
    return int(low), int(high or low)


def _shown(low: int, high: int) -> str:
    if (low, high) == (0, 65535):
        return "*"
    return str(low) if low == high else f"{low}-{high}"
