"""Azure Firewalls and their policies."""

from collections.abc import Iterator, Mapping
from typing import Any

from integration import Context, Entity, Relationship, entity_step, relationship_step
from integration.values import arm_key
from steps.azure._resource import (
    identities_of,
    in_groups,
    joined,
    key_at,
    keys_at,
    keys_in,
    object_at,
    objects_in,
    parts_of,
    properties_of,
    resource,
)
from steps.azure._rules import FIREWALL, POLICY


@entity_step("Firewall", permissions=["Microsoft.Network/azureFirewalls/read"], per_row=True, resources=[FIREWALL])
def azure_network_firewall(ctx: Context) -> Iterator[Entity]:
    """An Azure Firewall, which decides what goes between networks."""
    for row in ctx.azure.resources(FIREWALL):
        own = object_at(properties_of(row), "managementIpConfiguration")
        fronts = [properties_of(front) for front in (*parts_of(row, "ipConfigurations"), own)]
        in_hub = object_at(properties_of(row), "hubIPAddresses")
        yield resource(
            row,
            category=["network"],
            publicIpAddressIds=keys_at(fronts, "publicIPAddress"),
            privateIpAddresses=[each for place in (*fronts, in_hub) if (each := place.get("privateIPAddress"))],
            subnetIds=keys_at(fronts, "subnet"),
            ipGroupIds=keys_in(row, "ipGroups"),
            firewallPolicyId=key_at(properties_of(row), "firewallPolicy"),
            virtualHubId=key_at(properties_of(row), "virtualHub"),
        )


@entity_step("Policy", permissions=["Microsoft.Network/firewallPolicies/read"], per_row=True, resources=[POLICY])
def azure_network_firewall_policy(ctx: Context) -> Iterator[Entity]:
    """The rules of some Azure Firewalls."""
    for row in ctx.azure.resources(POLICY):
        yield resource(
            row,
            basePolicy=key_at(properties_of(row), "basePolicy"),
            intrusionDetectionOverrides=_overrides(properties_of(row)),
            ruleCollectionGroupIds=keys_in(row, "ruleCollectionGroups"),
            firewallIds=keys_in(row, "firewalls"),
            childPolicyIds=keys_in(row, "childPolicies"),
            userAssignedIdentityIds=identities_of(row),
        )


@relationship_step("azure_resource_group", "HAS", "azure_network_firewall", per_row=True)
def azure_resource_group_has_network_firewall(ctx: Context) -> Iterator[Relationship]:
    """An Azure Firewall is in a resource group."""
    yield from in_groups(ctx.entities("azure_network_firewall"))


@relationship_step("azure_resource_group", "HAS", "azure_network_firewall_policy", per_row=True)
def azure_resource_group_has_network_firewall_policy(ctx: Context) -> Iterator[Relationship]:
    """A policy of Azure Firewalls is in a resource group."""
    yield from in_groups(ctx.entities("azure_network_firewall_policy"))


@relationship_step("azure_network_firewall", "HAS", "azure_network_firewall_policy", per_row=True)
def azure_network_firewall_has_policy(ctx: Context) -> Iterator[Relationship]:
    """An Azure Firewall holds to a policy."""
    for row in ctx.azure.resources(FIREWALL):
        if policy := key_at(properties_of(row), "firewallPolicy"):
            yield Relationship(arm_key(row["id"]), policy)


@relationship_step("azure_network_firewall_policy", "EXTENDS", "azure_network_firewall_policy", per_row=True)
def azure_network_firewall_policy_extends_policy(ctx: Context) -> Iterator[Relationship]:
    """A policy adds to the rules of another one."""
    for row in ctx.azure.resources(POLICY):
        if base := key_at(properties_of(row), "basePolicy"):
            yield Relationship(arm_key(row["id"]), base)


def _overrides(properties: Mapping[str, Any]) -> list[str] | None:
    """Return which signatures a policy takes otherwise than by its mode, and how; ``None`` where it tells of none."""
    configuration = object_at(properties, "intrusionDetection", "configuration")
    told = objects_in(configuration, "signatureOverrides")
    return None if configuration.get("signatureOverrides") is None else joined(told, "=", "id", "mode")
