"""Hubs that devices report to, and services that give them their hub."""

from collections.abc import Iterator
from typing import Any

from integration import Context, Entity, Relationship, entity_step, relationship_family, relationship_step
from integration.values import arm_key
from steps.azure._resource import (
    identities_of,
    in_groups,
    named_in,
    object_at,
    objects_in,
    parts_of,
    private_endpoints_of,
    properties_of,
    resource,
    says,
)

IOT_HUB = "microsoft.devices/iothubs"
_TYPES = {
    "azure_iot_hub": IOT_HUB,
    "azure_iot_provisioning_service": "microsoft.devices/provisioningservices",
}


@entity_step(
    "Service", permissions=["Microsoft.Devices/IotHubs/read"], per_row=True, resources=[_TYPES["azure_iot_hub"]]
)
def azure_iot_hub(ctx: Context) -> Iterator[Entity]:
    """A hub that devices tell what they measure, and that tells them what to do."""
    for row in ctx.azure.resources(_TYPES["azure_iot_hub"]):
        yield resource(
            row,
            category=["infrastructure"],
            function=["iot"],
            ipFilterRules=_addresses(properties_of(row)),
            rejectedIpAddresses=_rejected(row),
            keyBasedEndpoints=_by_key(row),
            privateEndpointIds=private_endpoints_of(row),
            userAssignedIdentityIds=identities_of(row),
        )


@entity_step(
    "Service",
    permissions=["Microsoft.Devices/provisioningServices/read"],
    per_row=True,
    resources=[_TYPES["azure_iot_provisioning_service"]],
)
def azure_iot_provisioning_service(ctx: Context) -> Iterator[Entity]:
    """A service that gives new devices their hub."""
    for row in ctx.azure.resources(_TYPES["azure_iot_provisioning_service"]):
        yield resource(
            row,
            category=["infrastructure"],
            function=["iot"],
            iotHubNames=_hubs(row),
            rejectedIpAddresses=_rejected(row),
            privateEndpointIds=private_endpoints_of(row),
            userAssignedIdentityIds=identities_of(row),
        )


@relationship_family("azure_resource_group", "HAS", list(_TYPES), per_row=True)
def azure_resource_group_has_iot(ctx: Context, from_type: str, to_type: str) -> Iterator[Relationship]:
    """A hub, or a service that gives devices theirs, is in a resource group."""
    yield from in_groups(ctx.entities(to_type))


@relationship_step("azure_iot_provisioning_service", "CONNECTS", "azure_iot_hub")
def azure_iot_provisioning_service_connects_hub(ctx: Context) -> Iterator[Relationship]:
    """A service gives devices a hub, of which it tells the name that the hub answers to."""
    hubs = {}
    for row in ctx.azure.resources(_TYPES["azure_iot_hub"]):
        hubs[str(properties_of(row).get("hostName")).lower()] = arm_key(row["id"])
    for row in ctx.azure.resources(_TYPES["azure_iot_provisioning_service"]):
        for hub in dict.fromkeys(hubs.get(name.lower()) for name in _hubs(row)):
            if hub:
                yield Relationship(arm_key(row["id"]), hub)


def _hubs(row: Any) -> list[str]:
    """Return the names that the hubs of a service answer to, which it tells as the names of these or beside them."""
    hubs = parts_of(row, "iotHubs")
    return [name for hub in hubs if (name := hub.get("hostName") or hub.get("name"))]


def _addresses(properties: dict[str, Any]) -> list[str] | None:
    """Return the addresses that a hub has rules for, which older ones tell elsewhere; ``None`` where it tells none."""
    newer = object_at(properties, "networkRuleSets")
    holder, name = (newer, "ipRules") if objects_in(newer, "ipRules") else (properties, "ipFilterRules")
    return None if holder.get(name) is None else named_in(holder, name, "ipMask")


def _rejected(row: Any) -> list[str]:
    """Return the addresses that rules keep out; those of ``networkRuleSets`` can only let in.

    Source: Azure Resource Manager, IotHubs and provisioningServices, IpFilterRule.
    """
    rules = (rule for rule in parts_of(row, "ipFilterRules") if says(rule.get("action"), "reject"))
    return [rule["ipMask"] for rule in rules if rule.get("ipMask")]


def _by_key(row: Any) -> list[str]:
    """Return the names of the endpoints of a hub's routes that it signs in to with a key, as it does unless told else.

    Source: Azure Resource Manager, IotHubs, AuthenticationType of RoutingEndpoints.
    """
    lists = object_at(properties_of(row), "routing", "endpoints")
    endpoints = (each for name in lists for each in objects_in(lists, name))
    return [
        each["name"]
        for each in endpoints
        if each.get("name") and not says(each.get("authenticationType"), "identityBased")
    ]
