"""Hubs that devices report to."""

from collections.abc import Iterator
from typing import Any

from integration import Context, Entity, Relationship, entity_step, relationship_step
from steps.azure._resource import (
    identities_of,
    in_groups,
    named_in,
    private_endpoints_of,
    properties_of,
    resource,
)

_TYPES = {
    "azure_iot_hub": "microsoft.devices/iothubs",
}


@entity_step(
    "Service", permissions=["Microsoft.Devices/IotHubs/read"], per_row=True, resources=[_TYPES["azure_iot_hub"]]
)
def azure_iot_hub(ctx: Context) -> Iterator[Entity]:
    """A hub that devices tell what they measure, and that tells them what to do."""
    for row in ctx.azure.resources(_TYPES["azure_iot_hub"]):
        rules = _rules(properties_of(row))
        yield resource(
            row,
            category=["infrastructure"],
            function=["iot"],
            ipFilterRules=None if rules is None else named_in(rules, "ipMask"),
            privateEndpointIds=private_endpoints_of(row),
            userAssignedIdentityIds=identities_of(row),
        )


@relationship_step("azure_resource_group", "HAS", "azure_iot_hub", per_row=True)
def azure_resource_group_has_iot_hub(ctx: Context) -> Iterator[Relationship]:
    """A hub is in a resource group."""
    yield from in_groups(ctx.azure.resources(_TYPES["azure_iot_hub"]))


def _rules(properties: dict[str, Any]) -> Any:
    """Return the rules on addresses of a hub, which older ones tell elsewhere."""
    return (properties.get("networkRuleSets") or {}).get("ipRules") or properties.get("ipFilterRules")
